/**
 * `npm run verify:faults`: sagas by the thousand while processes are killed, frozen and restarted and both servers crash,
 * and the books compared afterwards. Exits with 1 when any invariant of the fault model was broken.
 *
 * `--seed=<n>` (random, and printed) · `--sagas=<n>` (10000) · `--fault-every=<seconds>` (2) · `--workers=<n>` (2) ·
 * `--per-second=<n>` sagas begun per second at most (25) · `--faults=<kind,kind>` draws from these kinds alone ·
 * `--bug=<name>` runs a planted bug in the storm made for it, which must fail · `--json` prints the result as JSON.
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { type FaultKind, faultKinds } from './faults';
import { bugStorm } from './planted/bug-storm';
import { type BugName, bugNames } from './planted/bugs';
import { formatStorm } from './report';
import { runStorm, type StormOptions } from './storm';

const patienceMs = 60_000;
/** A planted bug leaves runs stuck for ever; nobody waits a minute for it. */
const bugPatienceMs = 15_000;
const seedMax = 2 ** 31;

function numberOf(name: string, text: string, min: number): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < min) throw new Error(`--${name} takes a number from ${min}, not "${text}"`);
  return value;
}

/** @returns undefined for all kinds */
function kindsOf(text: string | undefined): readonly FaultKind[] | undefined {
  return text?.split(',').map((name) => {
    const kind = faultKinds.find((candidate) => candidate === name);
    if (kind === undefined) throw new Error(`--faults knows: ${faultKinds.join(', ')}`);
    return kind;
  });
}

function bugOf(text: string): BugName {
  const name = bugNames.find((candidate) => candidate === text);
  if (name === undefined) throw new Error(`--bug knows: ${bugNames.join(', ')}`);
  return name;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string' },
      sagas: { type: 'string', default: '10000' },
      'fault-every': { type: 'string', default: '2' },
      workers: { type: 'string', default: '2' },
      'per-second': { type: 'string', default: '25' },
      faults: { type: 'string' },
      bug: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const interruption = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => interruption.abort(new Error(`The storm was ended by ${name}.`)));
  }
  const seed = values.seed === undefined ? randomInt(seedMax) : numberOf('seed', values.seed, 0);
  const startMs = performance.now();
  const say = (line: string): void => {
    const at = ((performance.now() - startMs) / 1000).toFixed(1).padStart(7);
    process.stderr.write(`${at} s  ${line}\n`);
  };
  say(`seed ${seed}`);
  const common = { patienceMs, signal: interruption.signal, say };
  const storm: StormOptions = {
    ...common,
    seed,
    sagas: numberOf('sagas', values.sagas, 1),
    faultEveryMs: numberOf('fault-every', values['fault-every'], 0.1) * 1000,
    workers: numberOf('workers', values.workers, 1),
    perSecond: numberOf('per-second', values['per-second'], 0.1),
    kinds: kindsOf(values.faults),
  };
  const result = await runStorm(
    values.bug === undefined ? storm : bugStorm(bugOf(values.bug), { ...common, patienceMs: bugPatienceMs }),
  );
  process.stdout.write(values.json ? `${JSON.stringify(result, null, 2)}\n` : `\n${formatStorm(result)}\n`);
  return result.violations.length === 0 ? 0 : 1;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  },
);
