/**
 * From rounds to a table: medians with their spread, each of our figures as a ratio to its raw one, taken within the
 * same round, and what was promised beside it. Refuses to fail a run for being slow: a machine is not wrong.
 */
import { type Composition, compositionLines } from './composition';
import type { Growth } from './measures/engine';
import type { Round, RoundFigures } from './round';
import { type Spread, spreadOf } from './statistics';

export interface Line {
  readonly title: string;
  readonly unit: 'per s' | 'ms' | 'ratio';
  readonly spread: Spread;
  /** Where the project set itself a target. */
  readonly target?: { readonly atLeast?: number; readonly atMost?: number; readonly goal: number };
}

type Figure = keyof RoundFigures;

export interface Report {
  readonly settings: Readonly<Record<string, string>>;
  readonly lines: readonly Line[];
  readonly processorMicros: Readonly<Record<string, Spread>>;
  readonly rounds: readonly Round[];
  /** Once, after the rounds. */
  readonly composition: Composition | null;
  /** Once, on servers of its own. */
  readonly growth: Growth | null;
}

export function buildReport(
  settings: Readonly<Record<string, string>>,
  rounds: readonly Round[],
  composition: Composition | null,
  growth: Growth | null,
): Report {
  const figures = rounds.map((round) => round.figures);
  const rate = (title: string, name: Figure): Line => ({
    title,
    unit: 'per s',
    spread: spreadOf(figures.map((figure) => figure[name])),
  });
  const time = (title: string, name: Figure, target?: Line['target']): Line => ({
    title,
    unit: 'ms',
    spread: spreadOf(figures.map((figure) => figure[name])),
    ...(target === undefined ? {} : { target }),
  });
  const ratio = (title: string, name: Figure, raw: Figure, target?: Line['target']): Line => ({
    title,
    unit: 'ratio',
    spread: spreadOf(figures.map((figure) => figure[name] / figure[raw])),
    ...(target === undefined ? {} : { target }),
  });
  const lines: Line[] = [
    rate('R: BullMQ, jobs that do nothing', 'rawJobsPerSecond'),
    rate('Postgres, one row per commit', 'singleRowsPerSecond'),
    rate('Postgres, rows in groups of 50', 'groupedRowsPerSecond'),
    rate('Bare Node server, 1 connection', 'bareAlonePerSecond'),
    time('  p50', 'bareAloneP50Ms'),
    time('  p99', 'bareAloneP99Ms'),
    rate('Bare Node server, 50 connections', 'bareCrowdPerSecond'),
    time('  p50', 'bareCrowdP50Ms'),
    time('  p99', 'bareCrowdP99Ms'),
    rate('Webhooks acknowledged, 1 connection', 'acknowledgedAlonePerSecond'),
    time('  p50', 'acknowledgedAloneP50Ms'),
    time('  p99', 'acknowledgedAloneP99Ms'),
    ratio('  of the bare server', 'acknowledgedAlonePerSecond', 'bareAlonePerSecond'),
    rate('Webhooks acknowledged, 50 connections', 'acknowledgedCrowdPerSecond'),
    time('  p50', 'acknowledgedCrowdP50Ms'),
    time('  p99', 'acknowledgedCrowdP99Ms', { atMost: 15, goal: 9 }),
    ratio('  of the bare server', 'acknowledgedCrowdPerSecond', 'bareCrowdPerSecond', { atLeast: 0.25, goal: 0.4 }),
    rate('  the same, worker held', 'acknowledgedHeldPerSecond'),
    time('  p99, worker held', 'acknowledgedHeldP99Ms'),
    ratio('  of the bare server, worker held', 'acknowledgedHeldPerSecond', 'bareCrowdPerSecond'),
    time('One synchronous caller, p50', 'synchronousP50Ms', { atMost: 5, goal: 4 }),
    time('  p99', 'synchronousP99Ms'),
    rate('Runs completed, full path', 'runsPerSecond'),
    ratio('  of R', 'runsPerSecond', 'rawJobsPerSecond', { atLeast: 0.2, goal: 0.3 }),
    ratio('  of one row per commit', 'runsPerSecond', 'singleRowsPerSecond'),
    ratio('  of rows in groups of 50', 'runsPerSecond', 'groupedRowsPerSecond'),
    rate('Runs completed, backlog alone', 'backlogRunsPerSecond'),
    ratio('  of R', 'backlogRunsPerSecond', 'rawJobsPerSecond'),
    rate('Runs with one call to a local server', 'callRunsPerSecond'),
    ratio('  of R', 'callRunsPerSecond', 'rawJobsPerSecond'),
    rate('Failing sagas, 4 undone, 50 callers', 'sagas50PerSecond'),
    ratio('  of R', 'sagas50PerSecond', 'rawJobsPerSecond', { atLeast: 0.063, goal: 0.09 }),
    time('  p50', 'sagas50P50Ms'),
    rate('Failing sagas, 4 undone, 200 callers', 'sagas200PerSecond'),
    ratio('  of R', 'sagas200PerSecond', 'rawJobsPerSecond', { atLeast: 0.078, goal: 0.13 }),
    time('  p50', 'sagas200P50Ms'),
    time('Timers, late at 10,000 set, p50', 'timerLateP50Ms'),
    time('  p99', 'timerLateP99Ms'),
  ];
  return { settings, lines, processorMicros: processorMicros(rounds), rounds, composition, growth };
}

function processorMicros(rounds: readonly Round[]): Readonly<Record<string, Spread>> {
  const spreads: Record<string, Spread> = {};
  for (const name of Object.keys(rounds[0]?.rawProcessorMicros ?? {})) {
    spreads[`raw job: ${name}`] = spreadOf(rounds.map((round) => round.rawProcessorMicros[name] ?? Number.NaN));
  }
  for (const name of Object.keys(rounds[0]?.runProcessorMicros ?? {}) as (keyof Round['runProcessorMicros'])[]) {
    spreads[`run: ${name}`] = spreadOf(rounds.map((round) => round.runProcessorMicros[name]));
  }
  return spreads;
}

/** The report for a terminal. */
export function formatReport(report: Report): string {
  const settings = Object.entries(report.settings).map(([name, value]) => `  ${name.padEnd(28)}${value}`);
  const lines = report.lines.map((line) => {
    const { median, min, max } = line.spread;
    const figure = format(line, median).padStart(10);
    const spread = `${format(line, min)} to ${format(line, max)}`;
    return `  ${line.title.padEnd(40)}${figure} ${line.unit.padEnd(6)} ${spread.padEnd(20)} ${judge(line)}`.trimEnd();
  });
  const micros = Object.entries(report.processorMicros).map(
    ([name, { median, min, max }]) =>
      `  ${name.padEnd(40)}${median.toFixed(0).padStart(10)} µs     ${min.toFixed(0)} to ${max.toFixed(0)}`,
  );
  const roundLines = [
    `Median of ${report.rounds.length} rounds, with the lowest and the highest`,
    ...lines,
    '',
    'Processor time per job and per run over the full path',
    ...micros,
    '',
  ];
  return [
    'Settings',
    ...settings,
    '',
    ...(report.rounds.length === 0 ? [] : roundLines),
    ...(report.composition === null ? [] : compositionLines(report.composition)),
    ...growthLines(report.growth),
  ].join('\n');
}

function growthLines(growth: Growth | null): string[] {
  if (growth === null) return [];
  const { storedBefore, storedAfter, runsPerSecondBefore, runsPerSecondAfter } = growth;
  const line = (stored: number, rate: number): string =>
    `  ${`with ${stored.toLocaleString('en')} runs stored`.padEnd(40)}${rate.toFixed(0).padStart(10)} per s`;
  const ratio = (runsPerSecondAfter / runsPerSecondBefore).toFixed(2);
  return [
    'The full path as stored runs grow, on servers of its own',
    line(storedBefore, runsPerSecondBefore),
    line(storedAfter, runsPerSecondAfter),
    `  ${'many of few'.padEnd(40)}${ratio.padStart(10)} ratio`,
    '',
  ];
}

const format = ({ unit }: Line, value: number): string =>
  unit === 'per s' ? value.toFixed(0) : value.toFixed(unit === 'ratio' ? 3 : 2);

function judge({ spread: { median }, target }: Line): string {
  if (target === undefined) return '';
  const { atLeast, atMost, goal } = target;
  if (atLeast !== undefined) {
    const verdict = median >= goal ? 'goal reached' : median >= atLeast ? 'target reached' : 'below target';
    return `${verdict} (≥ ${atLeast}, goal ${goal})`;
  }
  const bound = atMost ?? goal;
  const verdict = median <= goal ? 'goal reached' : median <= bound ? 'target reached' : 'over target';
  return `${verdict} (≤ ${bound} ms, goal ${goal} ms)`;
}
