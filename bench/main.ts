/**
 * `npm run bench`: raw figures and ours side by side, on servers of its own, in rounds, in about six minutes. Ends with
 * a failure when a result is wrong (a run missing, a journal not whole, an answer that was not expected), never because
 * something was slow.
 *
 * `--rounds=<n>` (3; 0 for none), `--scale=<share>` (1) for fewer requests, `--no-growth` leaves out the million of stored runs,
 * `--no-composition` loops, code, waits and lanes. `--profile=<directory>` measures the full path alone and leaves V8 processor
 * profiles of web and worker there.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { measureComposition } from './composition';
import { startChild } from './lab/child';
import { startHeadrace } from './lab/headrace';
import { openLab, readSettings } from './lab/servers';
import { type Growth, measureGrowth } from './measures/engine';
import { measureAcknowledgements, measureFullPath, type Subject } from './measures/webhooks';
import { buildReport, formatReport, type Report } from './report';
import { crowdConnections, measureRound, type Round, type RoundSizes } from './round';

const resultsDir = 'bench/results';
/** A machine ten times slower than ours still finishes; what takes longer hangs. */
const budgetMs = 30 * 60_000;

const fullSizes: RoundSizes = {
  jobs: 20_000,
  rows: 4_000,
  aloneRequests: 1_000,
  crowdRequests: 10_000,
  bareRequests: 30_000,
  runs: 10_000,
  sagas: 4_000,
  timers: 10_000,
};

/** Stored runs that the last measurement is made over. */
const manyRuns = 1_000_000;

const scaled = (scale: number): RoundSizes =>
  Object.fromEntries(
    // Multiples of a hundred divide into groups of rows and among the connections.
    Object.entries(fullSizes).map(([name, size]) => [name, Math.max(100, Math.round((size * scale) / 100) * 100)]),
  ) as unknown as RoundSizes;

type Undo = () => Promise<void>;

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '3' },
      scale: { type: 'string', default: '1' },
      profile: { type: 'string' },
      'no-growth': { type: 'boolean', default: false },
      'no-composition': { type: 'boolean', default: false },
    },
  });
  const [rounds, scale] = [Number(values.rounds), Number(values.scale)];
  if (!Number.isInteger(rounds) || rounds < 0 || !(scale > 0)) {
    throw new Error('--rounds takes a whole number from 0, --scale a number above 0');
  }
  const profileDir = values.profile === undefined ? undefined : resolve(values.profile);
  const undo: Undo[] = [];
  const ending = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    ending.signal.addEventListener('abort', () => reject(ending.signal.reason));
  });
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => ending.abort(new Error(`The benchmark was ended by ${name}.`)));
  }
  const timer = setTimeout(() => ending.abort(new Error('The benchmark took too long.')), budgetMs);
  const hasGrowth = !values['no-growth'];
  const hasComposition = !values['no-composition'];
  const plan: Plan = { rounds, scale, sizes: scaled(scale), profileDir, hasGrowth, hasComposition, ending, undo };
  try {
    await Promise.race([profileDir === undefined ? compare(plan) : profile(plan), aborted]);
  } finally {
    clearTimeout(timer);
    for (const run of undo.toReversed()) await run();
  }
}

interface Plan {
  readonly rounds: number;
  readonly scale: number;
  readonly sizes: RoundSizes;
  readonly profileDir: string | undefined;
  readonly hasGrowth: boolean;
  readonly hasComposition: boolean;
  readonly ending: AbortController;
  readonly undo: Undo[];
}

async function compare(plan: Plan): Promise<void> {
  const { subject, serviceUrl } = await prepare(plan);
  const settings = await readSettings(subject.lab);
  const rounds: Round[] = [];
  while (rounds.length < plan.rounds) {
    const number = rounds.length + 1;
    rounds.push(await measureRound(subject, serviceUrl, plan.sizes, (title) => say(`Round ${number}: ${title} …`)));
  }
  const composition = plan.hasComposition
    ? await measureComposition(subject, plan.scale, (title) => say(`Composition: ${title} …`))
    : null;
  const report = buildReport(settings, rounds, composition, plan.hasGrowth ? await measureGrown(plan) : null);
  say(`\n${formatReport(report)}`);
  say(`Written to ${save(report)}`);
}

/** Last, and apart: a million rows would weigh on everything else. */
async function measureGrown(plan: Plan): Promise<Growth> {
  while (plan.undo.length > 0) await plan.undo.pop()?.();
  say('Stored runs grow …');
  const { subject } = await prepare({ ...plan, sizes: { ...plan.sizes, crowdRequests: plan.sizes.crowdRequests / 4 } });
  return measureGrowth(subject, plan.sizes.runs, manyRuns);
}

async function profile(plan: Plan): Promise<void> {
  const { subject } = await prepare(plan);
  for (let round = 1; round <= plan.rounds; round += 1) {
    const full = await measureFullPath(subject, { connections: crowdConnections, requests: plan.sizes.runs });
    const micros = Object.entries(full.processorMicros).map(([name, value]) => `${name} ${value.toFixed(0)}`);
    const work = Object.entries(full.serverWork).map(([name, value]) => `${name} ${value.toFixed(2)}`);
    say(`${full.runsPerSecond.toFixed(0)} runs per second, and per run:`);
    say(`  µs of processor time: ${micros.join(', ')}`);
    say(`  work of the servers: ${work.join(', ')}`);
  }
}

interface Prepared {
  readonly subject: Subject;
  /** Of a service that accepts every call. */
  readonly serviceUrl: string;
}

async function prepare({ sizes, profileDir, ending, undo }: Plan): Promise<Prepared> {
  say('Servers …');
  const lab = await openLab();
  undo.push(lab.close);
  const service = await startChild('bare-server');
  undo.push(service.stop);
  const serviceUrl = await service.ask<string>('open');
  say('Headrace …');
  const headrace = await startHeadrace(lab, { profileDir, serviceHost: new URL(serviceUrl).host, ending });
  undo.push(headrace.close);
  const generator = await startChild('load-generator');
  undo.push(generator.stop);
  say('Warm-up …');
  const subject: Subject = { lab, headrace, generator };
  // A service runs for weeks: what is measured is code that the engine has finished optimising.
  const crowd = { connections: crowdConnections, requests: sizes.crowdRequests * 2 };
  await measureAcknowledgements(subject, crowd);
  return { subject, serviceUrl };
}

/** @returns the path of the file */
function save(report: Report): string {
  mkdirSync(resultsDir, { recursive: true });
  const at = new Date().toISOString();
  const path = join(resultsDir, `${at.replaceAll(/[:.]/g, '-')}.json`);
  writeFileSync(path, `${JSON.stringify({ at, ...report }, null, 2)}\n`);
  return path;
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : error}\n`);
    process.exit(1);
  },
);
