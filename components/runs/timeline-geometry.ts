/**
 * Where the bars of a run's timeline stand: every attempt a bar, the waiting between them apart, all as fractions of the
 * width. With waiting collapsed, stretches in which nothing ran shrink to a mark, so that a run that waited a night
 * still shows its work. Refuses the clock: "now" is an argument.
 */
import { endedOf, type LoopPart, loopWords, partsOf } from '@/components/canvas/loop-bar';
import { statusWord } from '@/components/ui/status';
import { formatCount, formatDuration, toMs } from '@/components/ui/time';
import { isTerminal } from '@/core/run/types';
import { shownStatus } from './choose-step';
import { isShort } from './iterations';
import type { DrawnSteps } from './run-context';
import { roleStatus } from './step-role';
import type { AttemptView, RunView, StepView } from './types';

export type BarLook = 'decided' | 'retried' | 'running' | 'unknown' | 'waiting' | 'container' | 'loop' | 'reused';

export interface Bar {
  /** Unique within its row. */
  readonly key: string;
  readonly look: BarLook;
  /** Fractions of the width, 0 to 1. */
  readonly from: number;
  readonly width: number;
  /** What it was, for people: `attempt 2, 540 ms: 422 …`. */
  readonly label: string;
  /** Of a loop: its iterations by how they stand. */
  readonly parts?: readonly LoopPart[];
}

export interface TimelineRow {
  readonly stepId: string;
  /** The iteration it is of; absent outside loops. */
  readonly path?: string;
  /** Of a loop: "24 of 25". */
  readonly note?: string;
  readonly status: StepView['status'];
  readonly bars: readonly Bar[];
  /** It completed, and was undone or is being undone. */
  readonly isUndone: boolean;
  /** From its first attempt to its outcome; null when there is none, or none yet. */
  readonly tookMs: number | null;
}

export interface Tick {
  readonly at: number;
  readonly label: string;
}

export interface Timeline {
  /** Steps that did something, in the order they began. */
  readonly rows: readonly TimelineRow[];
  /** Ids of the others, in document order. */
  readonly idle: readonly string[];
  /** Null when nobody counted them: of long loops only some iterations are known. */
  readonly attempts: number | null;
  readonly ticks: readonly Tick[];
  /** Time in which no attempt ran. */
  readonly waitingMs: number;
  /** Where the first step that undoes another began, as a fraction of the width; null when nothing was undone. */
  readonly undoingAt: number | null;
}

/** What the drawing says about steps. */
export type StepRoles = Pick<DrawnSteps, 'undoesOf' | 'isContainer' | 'isDelay'>;

export interface TimelineOptions {
  readonly nowMs: number;
  readonly isCollapsed: boolean;
  readonly roles: StepRoles;
  /** Every step of every iteration that is known; those of the run when absent. */
  readonly known?: readonly StepView[];
}

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** @param run with the steps that have a row: of a loop those of one iteration, or none */
export function buildTimeline(run: RunView, options: TimelineOptions): Timeline {
  const { nowMs, isCollapsed, roles, known = run.steps } = options;
  const originMs = toMs(run.startedAt ?? run.createdAt);
  const lastMs = run.finishedAt === null ? (isTerminal(run.status) ? originMs : nowMs) : toMs(run.finishedAt);
  const whole: Span = { fromMs: originMs, toMs: Math.max(lastMs, originMs) };
  const started = run.steps
    .filter((step) => step.startedAt !== null)
    .sort((a, b) => beginMs(a, originMs) - beginMs(b, originMs) || rankOf(a, roles) - rankOf(b, roles));
  // What only waits, or only holds other steps, keeps nobody busy.
  const working = known.filter(({ id }) => !roles.isContainer(id) && !roles.isDelay(id));
  const longLoops = known.filter(({ loop }) => loop !== undefined && !isShort(loop));
  const busy = [
    ...working.flatMap((step) => step.attempts.map((attempt) => spanOf(attempt, whole.toMs))),
    // When nothing went on in one of these is not known, so it is not called waiting.
    ...longLoops.flatMap((step) => openSpan(step, whole.toMs) ?? []),
  ];
  const gaps = gapsBetween(whole, busy);
  const axis = isCollapsed ? collapsedAxis(whole, gaps) : plainAxis(whole);
  const undoing = started.find(({ id }) => roles.undoesOf(id) !== null);
  return {
    rows: started.map((step) => rowOf(step, { axis, endMs: whole.toMs, isOver: isTerminal(run.status), roles })),
    idle: run.steps.filter((step) => step.startedAt === null).map((step) => step.id),
    attempts: longLoops.length > 0 ? null : attemptsOf(known, roles),
    ticks: axis.ticks,
    waitingMs: gaps.reduce((sum, gap) => sum + gap.toMs - gap.fromMs, 0),
    undoingAt: undoing?.startedAt == null ? null : axis.place(toMs(undoing.startedAt)),
  };
}

const attemptsOf = (steps: readonly StepView[], roles: StepRoles): number =>
  steps.filter(({ id }) => !roles.isContainer(id)).reduce((sum, { attempts }) => sum + attempts.length, 0);

/** From its beginning to its end, or to now; null before it began. */
function openSpan({ startedAt, finishedAt }: StepView, endMs: number): Span | null {
  if (startedAt === null) return null;
  const fromMs = toMs(startedAt);
  return { fromMs, toMs: Math.max(fromMs, finishedAt === null ? endMs : toMs(finishedAt)) };
}

const beginMs = ({ startedAt }: StepView, originMs: number): number => toMs(startedAt ?? originMs);
/** Of steps that began within one millisecond: the trigger, containers from the outside in, then what ended first. */
function rankOf(step: StepView, roles: StepRoles): number {
  if (roles.isContainer(step.id)) return 1;
  if (step.attempts.length === 0) return 0;
  return step.finishedAt === null ? Number.MAX_SAFE_INTEGER : toMs(step.finishedAt);
}

/** An attempt that never ended lasts as long as its run. */
const spanOf = (attempt: AttemptView, endMs: number): Span => {
  const fromMs = toMs(attempt.startedAt);
  return { fromMs, toMs: Math.max(fromMs, attempt.finishedAt === null ? endMs : toMs(attempt.finishedAt)) };
};

/** The parts of `whole` that no span covers. */
function gapsBetween(whole: Span, spans: readonly Span[]): Span[] {
  const gaps: Span[] = [];
  let coveredToMs = whole.fromMs;
  for (const span of spans.toSorted((a, b) => a.fromMs - b.fromMs)) {
    if (span.fromMs > coveredToMs) gaps.push({ fromMs: coveredToMs, toMs: span.fromMs });
    coveredToMs = Math.max(coveredToMs, span.toMs);
  }
  if (whole.toMs > coveredToMs) gaps.push({ fromMs: coveredToMs, toMs: whole.toMs });
  return gaps;
}

/** What a step waits for after its last attempt. */
const waitsFor: Partial<Record<StepView['status'], string>> = {
  waiting: 'waits to try again',
  unknown: 'waits for a person',
  cancelled: 'waited to try again until the run was stopped',
};

interface RowContext {
  readonly axis: Axis;
  /** The end of the run, or now. */
  readonly endMs: number;
  readonly isOver: boolean;
  readonly roles: StepRoles;
}

function rowOf(step: StepView, context: RowContext): TimelineRow {
  const { axis, endMs, isOver, roles } = context;
  const isUndone = step.status === 'compensated' || step.status === 'compensating';
  // What was undone had succeeded; the way of undoing has a row of its own.
  const status = isUndone ? 'succeeded' : roleStatus(step, isOver, roles);
  const tookMs = roles.isContainer(step.id) ? openMs(step) : stepTookMs(step);
  const row = {
    stepId: step.id,
    ...(step.path === undefined ? {} : { path: step.path }),
    ...(step.loop === undefined
      ? {}
      : { note: `${formatCount(endedOf(step.loop))} of ${formatCount(step.loop.total)}` }),
    status,
    isUndone,
    tookMs,
  };
  const whole = wholeBar(step, context);
  return { ...row, bars: whole === null ? attemptBars(step, axis, endMs, isOver) : [whole] };
}

/** The one bar of a step that is more than its attempts, or made none; null for any other. */
function wholeBar(step: StepView, { axis, endMs, roles }: RowContext): Bar | null {
  const span = openSpan(step, endMs);
  if (span === null) return null;
  const from = axis.place(span.fromMs);
  const place = { from, width: axis.place(span.toMs) - from };
  const took = formatDuration(span.toMs - span.fromMs);
  if (step.loop !== undefined && step.loop.total > 0) {
    return { key: 'loop', look: 'loop', ...place, label: loopWords(step.loop), parts: partsOf(step.loop) };
  }
  if (roles.isContainer(step.id)) return { key: 'scope', look: 'container', ...place, label: `open for ${took}` };
  if (roles.isDelay(step.id)) return { key: 'delay', look: 'waiting', ...place, label: `waited ${took}` };
  if (step.reusedFrom != null) {
    return { key: 'reused', look: 'reused', from, width: 0, label: `output of run ${step.reusedFrom.slice(-12)}` };
  }
  return step.attempts.length > 0 ? null : { key: 'start', look: 'decided', from, width: 0, label: 'started the run' };
}

function attemptBars(step: StepView, axis: Axis, endMs: number, isOver: boolean): Bar[] {
  const bars: Bar[] = [];
  const add = (key: string, look: BarLook, span: Span, label: string): void => {
    const from = axis.place(span.fromMs);
    bars.push({ key, look, from, width: axis.place(span.toMs) - from, label });
  };
  const isSettled = step.finishedAt !== null && step.status !== 'cancelled';
  let waitsFromMs: number | null = null;
  for (const [index, attempt] of step.attempts.entries()) {
    const span = spanOf(attempt, endMs);
    if (waitsFromMs !== null && span.fromMs > waitsFromMs) {
      const gap = { fromMs: waitsFromMs, toMs: span.fromMs };
      add(`wait ${attempt.n}`, 'waiting', gap, `waited ${formatDuration(gap.toMs - gap.fromMs)} to try again`);
    }
    const isLast = index === step.attempts.length - 1;
    const status = shownStatus(attempt, isOver);
    add(`${attempt.n}`, lookOf(status, isLast && isSettled), span, attemptLabel(attempt, status, span));
    waitsFromMs = attempt.finishedAt === null ? null : span.toMs;
  }
  // Of the status as it was: a run that ended in between cut this waiting short.
  const what = waitsFor[step.status];
  const waitsToMs = step.finishedAt === null ? endMs : toMs(step.finishedAt);
  if (waitsFromMs !== null && what !== undefined && waitsToMs > waitsFromMs) {
    const span = { fromMs: waitsFromMs, toMs: waitsToMs };
    add('wait', 'waiting', span, `${what}, ${formatDuration(waitsToMs - waitsFromMs)}`);
  }
  return bars;
}

/** Over all attempts and the waiting between them; null without an attempt or an outcome. */
export const stepTookMs = ({ attempts, startedAt, finishedAt }: StepView): number | null =>
  attempts.length === 0 || startedAt === null || finishedAt === null ? null : toMs(finishedAt) - toMs(startedAt);

/** How long a container was open; null while it is. */
const openMs = ({ startedAt, finishedAt }: StepView): number | null =>
  startedAt === null || finishedAt === null ? null : toMs(finishedAt) - toMs(startedAt);

/** Filled when the attempt decided something, outlined when another followed or will follow. */
function lookOf(status: StepView['status'], isDecisive: boolean): BarLook {
  if (status === 'running') return 'running';
  if (status === 'succeeded' || isDecisive) return 'decided';
  return status === 'unknown' ? 'unknown' : 'retried';
}

function attemptLabel(attempt: AttemptView, status: StepView['status'], span: Span): string {
  const said = attempt.error === null ? '' : `: ${attempt.error.message}`;
  return `attempt ${attempt.n}, ${statusWord(status)}, ${formatDuration(span.toMs - span.fromMs)}${said}`;
}

/** Maps instants to fractions of the width. */
interface Axis {
  readonly place: (atMs: number) => number;
  readonly ticks: readonly Tick[];
}

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** Distances people count in, up to half a year: a run that waits longer has few ticks to read. */
const stepsMs: readonly number[] = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 20, 30].map((count) => count * second),
  ...[1, 2, 5, 10, 20, 30].map((count) => count * minute),
  ...[1, 2, 4, 6, 12].map((count) => count * hour),
  ...[1, 2, 5, 10, 20, 50].map((count) => count * day),
];
const ticksMax = 5;

const units = [
  { name: 'd', ms: day },
  { name: 'h', ms: hour },
  { name: 'min', ms: minute },
  { name: 's', ms: second },
  { name: 'ms', ms: 1 },
] as const;

/** True to scale, its end rounded up to a whole tick. */
function plainAxis({ fromMs, toMs: endMs }: Span): Axis {
  const lengthMs = Math.max(1, endMs - fromMs);
  const stepMs = stepsMs.find((candidate) => lengthMs / candidate <= ticksMax) ?? Math.ceil(lengthMs / ticksMax);
  const count = Math.max(1, Math.ceil(lengthMs / stepMs));
  const wholeMs = stepMs * count;
  const unit = units.find(({ ms }) => wholeMs >= ms * (ms === 1 ? 1 : 2) || wholeMs === ms) ?? units[4];
  const ticks = Array.from({ length: count + 1 }, (_, index): Tick => {
    const amount = Number(((index * stepMs) / unit.ms).toFixed(2));
    const isNamed = index === 0 || index === count;
    return { at: index / count, label: isNamed ? `${amount} ${unit.name}` : String(amount) };
  });
  return { place: (atMs) => clamp((atMs - fromMs) / wholeMs), ticks };
}

/** Share of the width that a collapsed wait keeps, so that it is still seen. */
const foldShare = 0.03;

/** Waiting shrinks to a mark each; ticks at quarters of the width say the real time. */
function collapsedAxis(whole: Span, gaps: readonly Span[]): Axis {
  const lengthMs = whole.toMs - whole.fromMs;
  const waitingMs = gaps.reduce((sum, gap) => sum + gap.toMs - gap.fromMs, 0);
  const foldMs = Math.max(1, (lengthMs - waitingMs) * foldShare);
  // Pieces of time in order, each with the width it is drawn at.
  const pieces: { readonly fromMs: number; readonly toMs: number; readonly width: number }[] = [];
  let atMs = whole.fromMs;
  for (const gap of gaps) {
    if (gap.fromMs > atMs) pieces.push({ fromMs: atMs, toMs: gap.fromMs, width: gap.fromMs - atMs });
    pieces.push({ ...gap, width: Math.min(foldMs, gap.toMs - gap.fromMs) });
    atMs = gap.toMs;
  }
  if (whole.toMs > atMs) pieces.push({ fromMs: atMs, toMs: whole.toMs, width: whole.toMs - atMs });
  const width = Math.max(
    1,
    pieces.reduce((sum, piece) => sum + piece.width, 0),
  );

  const place = (instantMs: number): number => {
    let left = 0;
    for (const piece of pieces) {
      if (instantMs <= piece.toMs) {
        const share = clamp((instantMs - piece.fromMs) / (piece.toMs - piece.fromMs));
        return clamp((left + share * piece.width) / width);
      }
      left += piece.width;
    }
    return clamp(left / width);
  };
  const instantAt = (fraction: number): number => {
    let left = fraction * width;
    for (const piece of pieces) {
      if (left <= piece.width) return piece.fromMs + (left / piece.width) * (piece.toMs - piece.fromMs);
      left -= piece.width;
    }
    return whole.toMs;
  };
  const ticks = [0, 0.25, 0.5, 0.75, 1].map(
    (at): Tick => ({ at, label: at === 0 ? '0 s' : formatDuration(instantAt(at) - whole.fromMs) }),
  );
  return { place, ticks };
}

const clamp = (fraction: number): number => (Number.isFinite(fraction) ? Math.min(1, Math.max(0, fraction)) : 0);
