/**
 * `npm run verify:faults`: sagas by the thousand while processes are killed, frozen and restarted and both servers crash,
 * and the books compared afterwards. Exits with 1 when any invariant of the fault model was broken.
 *
 * `--seed=<n>` (random, and printed) · `--sagas=<n>` (10000) · `--fault-every=<seconds>` (2) · `--workers=<n>` (2) ·
 * `--per-second=<n>` sagas begun per second at most (25) · `--json` prints the result as JSON.
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { formatStorm } from './report';
import { runStorm } from './storm';

const patienceMs = 60_000;
const seedMax = 2 ** 31;

function numberOf(name: string, text: string, min: number): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < min) throw new Error(`--${name} takes a number from ${min}, not "${text}"`);
  return value;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string' },
      sagas: { type: 'string', default: '10000' },
      'fault-every': { type: 'string', default: '2' },
      workers: { type: 'string', default: '2' },
      'per-second': { type: 'string', default: '25' },
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
  const result = await runStorm({
    seed,
    sagas: numberOf('sagas', values.sagas, 1),
    faultEveryMs: numberOf('fault-every', values['fault-every'], 0.1) * 1000,
    workers: numberOf('workers', values.workers, 1),
    perSecond: numberOf('per-second', values['per-second'], 0.1),
    patienceMs,
    signal: interruption.signal,
    say,
  });
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
