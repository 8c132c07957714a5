/**
 * Runs the suites one after another, all of them even when one fails, and ends with one line that counts every test.
 * Everything temporary lives in one directory that is removed at the end.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from '../generate.mjs';
import { type Counts, type Suite, type SuiteContext, suites } from './suites';

/**
 * @param names of suites to run; all of them without any
 * @returns whether all passed. The last line written is `N passed, N failed`.
 */
export async function runSuites(names: readonly string[]): Promise<boolean> {
  const unknown = names.filter((name) => !suites.some((suite) => suite.name === name));
  if (unknown.length > 0) {
    process.stdout.write(
      `There is no suite ${unknown.join(', ')}; there are ${suites.map(({ name }) => name).join(', ')}.\n`,
    );
    return finish([{ passed: 0, failed: 1 }]);
  }
  return runAll(suites.filter(({ name }) => names.length === 0 || names.includes(name)));
}

async function runAll(chosen: readonly Suite[]): Promise<boolean> {
  const interruption = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interruption.abort());
  const directory = mkdtempSync(join(tmpdir(), 'headrace-suites-'));
  // Postgres does not run as root and must be able to pass through to its files.
  chmodSync(directory, 0o711);
  const results: Counts[] = [];
  const table: string[] = [];
  try {
    generate();
    for (const suite of chosen) {
      const startMs = performance.now();
      const counts = await runSuite(suite, { directory, signal: interruption.signal });
      results.push(counts);
      const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
      const budget = `${seconds} s of ${suite.budgetMs / 1000} s`;
      table.push(`  ${counts.failed === 0 ? '✓' : '✗'} ${suite.title}: ${told(counts)} (${budget})`);
    }
  } catch (error) {
    process.stdout.write(`${error instanceof Error ? error.message : error}\n`);
    results.push({ passed: 0, failed: 1 });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  process.stdout.write(`\n${table.join('\n')}\n`);
  return finish(results);
}

async function runSuite(suite: Suite, context: SuiteContext): Promise<Counts> {
  process.stdout.write(`\n── ${suite.title} ──\n`);
  if (context.signal.aborted) return { passed: 0, failed: 1 };
  try {
    return await suite.run(context, suite.budgetMs);
  } catch (error) {
    process.stdout.write(`${error instanceof Error ? error.message : error}\n`);
    return { passed: 0, failed: 1 };
  }
}

function finish(results: readonly Counts[]): boolean {
  const sum = (key: keyof Counts): number => results.reduce((total, counts) => total + counts[key], 0);
  const total = { passed: sum('passed'), failed: sum('failed') };
  process.stdout.write(`${told(total)}\n`);
  return total.failed === 0 && total.passed > 0;
}

const told = ({ passed, failed }: Counts): string => `${passed} passed, ${failed} failed`;
