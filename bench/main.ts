/**
 * `npm run bench`: raw figures and ours side by side, on servers of its own, in rounds, in under three minutes. Ends with
 * a failure when a result is wrong (a run missing, a journal not whole, an answer that was not expected), never because
 * something was slow.
 *
 * `--rounds=<n>` (3), `--scale=<share>` (1) for fewer requests, `--profile=<directory>` to leave processor profiles of
 * web and worker there.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startChild } from './lab/child';
import { startHeadrace } from './lab/headrace';
import { openLab, readSettings } from './lab/servers';
import { measureAcknowledgements, type Subject } from './measures/webhooks';
import { buildReport, formatReport, type Report } from './report';
import { measureRound, type Round, type RoundSizes } from './round';

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
};

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
    },
  });
  const [rounds, scale] = [Number(values.rounds), Number(values.scale)];
  if (!Number.isInteger(rounds) || rounds < 1 || !(scale > 0)) {
    throw new Error('--rounds takes a whole number from 1, --scale a number above 0');
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
  try {
    const report = await Promise.race([measure({ rounds, sizes: scaled(scale), profileDir, ending, undo }), aborted]);
    say(`\n${formatReport(report)}`);
    say(`Written to ${save(report)}`);
  } finally {
    clearTimeout(timer);
    for (const run of undo.toReversed()) await run();
  }
}

interface Plan {
  readonly rounds: number;
  readonly sizes: RoundSizes;
  readonly profileDir: string | undefined;
  readonly ending: AbortController;
  readonly undo: Undo[];
}

async function measure({ rounds, sizes, profileDir, ending, undo }: Plan): Promise<Report> {
  say('Servers …');
  const lab = await openLab();
  undo.push(lab.close);
  const settings = await readSettings(lab);
  say('Headrace …');
  const headrace = await startHeadrace(lab, { profileDir, ending });
  undo.push(headrace.close);
  const generator = await startChild('load-generator');
  undo.push(generator.stop);
  const subject: Subject = { lab, headrace, generator };
  say('Warm-up …');
  await measureAcknowledgements(subject, { connections: 50, requests: Math.ceil(sizes.crowdRequests / 2) });
  const done: Round[] = [];
  while (done.length < rounds) {
    const number = done.length + 1;
    done.push(await measureRound(subject, sizes, (title) => say(`Round ${number}: ${title} …`)));
  }
  return buildReport(settings, done);
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
