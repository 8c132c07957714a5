/**
 * The suites of `npm test`, in order, each with the time it may take on two cores. The budgets together stay below
 * 25 minutes; a suite that exceeds its own is ended and counts as failed. What needs longer belongs in
 * `npm run verify:faults`.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureChromium } from '../lib/chromium';
import { ensureRedis } from '../lib/ensure-redis';
import { type CommandOptions, type CommandResult, runNode } from '../lib/run-command';
import { ensureBuild } from '../start/build';

export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

export interface SuiteContext {
  /** Removed at the end, whatever happens; also the suites' TMPDIR. */
  readonly directory: string;
  readonly signal: AbortSignal;
}

export interface Suite {
  readonly name: string;
  readonly title: string;
  readonly budgetMs: number;
  readonly run: (context: SuiteContext, budgetMs: number) => Promise<Counts>;
}

const minuteMs = 60_000;

export const suites: readonly Suite[] = [
  { name: 'lint', title: 'Format and lint', budgetMs: minuteMs, run: lint },
  { name: 'types', title: 'Types', budgetMs: minuteMs, run: types },
  {
    name: 'unit',
    title: 'Unit tests',
    budgetMs: 2 * minuteMs,
    run: (context, budgetMs) => vitest('unit', context, budgetMs),
  },
  { name: 'build', title: 'Build', budgetMs: 2 * minuteMs, run: build },
  { name: 'int', title: 'Integration tests', budgetMs: 10 * minuteMs, run: integration },
  { name: 'e2e', title: 'End-to-end stories', budgetMs: 8 * minuteMs, run: stories },
];

const biome = 'node_modules/@biomejs/biome/bin/biome';
const typescript = 'node_modules/typescript/bin/tsc';
const next = 'node_modules/next/dist/bin/next';

async function lint(context: SuiteContext, budgetMs: number): Promise<Counts> {
  return asOneTest(await runNode([biome, 'check', '.'], optionsFor(context, budgetMs)));
}

/** The types of routes and of style sheets come from Next and are not in the repository. */
async function types(context: SuiteContext, budgetMs: number): Promise<Counts> {
  const generated = await runNode([next, 'typegen'], optionsFor(context, budgetMs));
  if (generated.code !== 0) return asOneTest(generated);
  return asOneTest(await runNode([typescript, '--noEmit'], optionsFor(context, budgetMs)));
}

async function build({ signal }: SuiteContext, budgetMs: number): Promise<Counts> {
  const note = await ensureBuild(process.env, AbortSignal.any([signal, AbortSignal.timeout(budgetMs)]));
  process.stdout.write(`${note}\n`);
  return { passed: 1, failed: 0 };
}

async function integration(context: SuiteContext, budgetMs: number): Promise<Counts> {
  await ensureRedis();
  return vitest('int', context, budgetMs);
}

/** Runs one project of vitest.config.ts. */
async function vitest(project: string, context: SuiteContext, budgetMs: number): Promise<Counts> {
  const report = join(context.directory, `${project}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--project', project, ...reporters];
  const result = await runNode(args, optionsFor(context, budgetMs));
  return counted(result, countVitest(readReport(report)));
}

async function stories(context: SuiteContext, budgetMs: number): Promise<Counts> {
  await ensureRedis();
  const chromium = await ensureChromium();
  const report = join(context.directory, 'e2e.json');
  const { env, ...options } = optionsFor(context, budgetMs);
  const result = await runNode(['node_modules/@playwright/test/cli.js', 'test', '--reporter=list,json'], {
    ...options,
    env: { ...env, CHROMIUM_PATH: chromium, PLAYWRIGHT_JSON_OUTPUT_NAME: report },
  });
  return counted(result, countPlaywright(readReport(report)));
}

const optionsFor = ({ directory, signal }: SuiteContext, budgetMs: number): CommandOptions => ({
  budgetMs,
  signal,
  env: { TMPDIR: directory, NEXT_TELEMETRY_DISABLED: '1', CI: '1' },
});

const asOneTest = (result: CommandResult): Counts =>
  result.code === 0 ? { passed: 1, failed: 0 } : counted(result, { passed: 0, failed: 1 });

/** A suite that was ended, that fell over outside its tests or that ran none has failed even if no test says so. */
export function counted(result: CommandResult, counts: Counts | undefined): Counts {
  if (result.ended === 'budget') process.stdout.write('The suite exceeded its time budget and was ended.\n');
  if (counts === undefined) return { passed: 0, failed: 1 };
  const hasUncountedFailure = counts.failed === 0 && (result.code !== 0 || counts.passed === 0);
  return { passed: counts.passed, failed: counts.failed + (hasUncountedFailure ? 1 : 0) };
}

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
}

/** A file that could not be loaded has no tests in the report; it counts as one that failed. */
export function countVitest(report: VitestReport | undefined): Counts | undefined {
  if (report === undefined) return undefined;
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  return { passed: report.numPassedTests, failed: report.numFailedTests + brokenFiles.length };
}

interface PlaywrightReport {
  readonly errors: readonly unknown[];
  readonly stats: { readonly expected: number; readonly unexpected: number; readonly flaky: number };
}

export function countPlaywright(report: PlaywrightReport | undefined): Counts | undefined {
  if (report === undefined) return undefined;
  const { expected, unexpected, flaky } = report.stats;
  return { passed: expected, failed: unexpected + flaky + report.errors.length };
}

/** @returns undefined when the runner did not get as far as writing it */
const readReport = <T>(path: string): T | undefined =>
  existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as T) : undefined;
