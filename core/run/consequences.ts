/**
 * What follows by itself once something has happened: dead paths, scopes that complete or fail, and the steps of undoing
 * them. Nobody commands these entries; they are decided together with the entry that made them true, so that a journal
 * never ends between a cause and its consequence. Refuses to end the run: `decide.ts` does, when nothing is in flight.
 */
import type { CompiledFlow, CompiledStep } from '@/core/flow/compiled-flow';
import { rootScope } from '@/core/flow/graph';
import type { JournalEntry } from '@/core/run/entries';
import { evolve } from '@/core/run/evolve';
import { deadSteps, outputOf, statusOf } from '@/core/run/graph-state';
import { consequencesOfLoop, isUndoingIterations } from '@/core/run/loops';
import { nextAttemptAtMs } from '@/core/run/retry';
import {
  hasFailed,
  isComplete,
  isHalted,
  isOpen,
  isPastPivot,
  isQuiet,
  isUncaught,
  leftToUndo,
  readyToUndo,
  stepsWithin,
} from '@/core/run/scopes';
import { isSettled, isTerminal, type RunState, type ScopeState, type StepState } from '@/core/run/types';
import type { StepError } from '@/core/steps/contract';

/**
 * The given entries and all that follow from them, in order.
 * @param entries decided for `state`; nothing follows from none
 * @param isAsked looks even when none of the entries calls for it
 */
export function withConsequences(
  state: RunState,
  flow: CompiledFlow,
  entries: JournalEntry[],
  atMs: number,
  isAsked = false,
): JournalEntry[] {
  if (!isAsked && !entries.some((entry) => mayHaveConsequences(state, flow, entry))) {
    return entries;
  }
  const all = [...entries];
  let at = entries.reduce(evolve, state);
  for (;;) {
    const next = isTerminal(at.status) ? [] : nextConsequences(at, flow, atMs);
    if (next.length === 0) return all;
    all.push(...next);
    at = next.reduce(evolve, at);
  }
}

/**
 * Whether anything can follow at all. The common case, a step of a flow without scopes that is left by its only wired
 * port, is answered without a look at the rest of the run.
 */
function mayHaveConsequences(state: RunState, flow: CompiledFlow, entry: JournalEntry): boolean {
  // What follows inside an iteration was decided with it; only its failure concerns the loop before its end does.
  if (entry.path !== undefined) return entry.type === 'scope.failed';
  switch (entry.type) {
    case 'step.started':
    case 'step.waiting':
    case 'wait.started':
    case 'wait.overrun':
    case 'steps.reused':
    case 'keys.kept':
    case 'iterations.reused':
    case 'run.blocked':
      return false;
    case 'step.succeeded': {
      if (flow.scopes.size > 1 || Object.keys(state.scopes).length > 0 || state.cancel !== null) return true;
      const step = flow.steps.get(entry.stepId);
      if (step === undefined || step.reconciles !== null || flow.isBody) return true;
      const ports = step.outgoing;
      return ports.size > (ports.has(entry.port) ? 1 : 0);
    }
    default:
      return true;
  }
}

function nextConsequences(state: RunState, flow: CompiledFlow, atMs: number): JournalEntry[] {
  const found = reconciliation(state, flow, atMs);
  if (found !== null) return [found];
  const resumed = scopeThatResumes(state, flow, atMs);
  if (resumed !== null) return [resumed];
  const failed = scopeThatFails(state, flow, atMs);
  if (failed !== null) return [failed];
  const dead = deadSteps(state, flow);
  if (dead.length > 0) return [{ type: 'steps.skipped', v: 1, atMs, stepIds: dead }];
  for (const id of flow.loops) {
    const found = consequencesOfLoop(state, flow, id, atMs, withConsequences);
    if (found.length > 0) return found;
  }
  // From the inside out: what a scope becomes is what the one around it goes by.
  for (const scope of [...flow.scopes.keys()].toReversed()) {
    const found = isOpen(state, scope) ? consequencesOf(state, flow, scope, atMs) : [];
    if (found.length > 0) return found;
  }
  return [];
}

/**
 * The first step whose outcome is unknown and can be found out: the step that finds out begins, or has settled. That it
 * was refused for good says that nothing happened; that it could not be reached says nothing.
 */
function reconciliation(state: RunState, flow: CompiledFlow, atMs: number): JournalEntry | null {
  for (const step of flow.steps.values()) {
    const known = step.reconcileWith === null ? undefined : state.steps[step.id];
    if (step.reconcileWith === null || known?.status !== 'unknown') continue;
    const attempt = known.attempts.at(-1)?.n ?? 0;
    const about = { v: 1, atMs, stepId: step.id } as const;
    if (!known.isReconciling) {
      if (known.reconciledAttempt >= attempt) continue;
      return { type: 'reconcile.started', ...about, withStepId: step.reconcileWith };
    }
    const finder = state.steps[step.reconcileWith];
    const settledBy = {
      type: 'step.reconciled',
      ...about,
      attempt,
      retryAtMs: null,
      isCaught: step.hasErrorPort,
    } as const;
    if (finder?.status === 'succeeded') {
      return { ...settledBy, outcome: 'happened', output: finder.output ?? null };
    }
    if (finder?.status === 'unknown' || (finder?.status === 'failed' && finder.error?.isRetryable !== false)) {
      return { ...settledBy, outcome: 'undecided' };
    }
    if (finder?.status === 'failed') {
      const isOver = step.undoes === null && isHalted(state, flow, step.scope);
      return { ...settledBy, outcome: 'didNotHappen', retryAtMs: isOver ? null : retryAfterFinding(step, known, atMs) };
    }
  }
  return null;
}

/** With the whole pause of the policy: asking has spread the attempts already, so there is nothing to draw. */
function retryAfterFinding(step: CompiledStep, known: StepState, atMs: number): number | null {
  const last = known.attempts.at(-1);
  const before = { ...known, attempts: known.attempts.slice(0, -1) };
  return nextAttemptAtMs(step, before, {
    atMs,
    startedAtMs: last?.startedAtMs ?? atMs,
    isLost: last?.isLost ?? false,
    isRetryable: true,
    draw: 1,
  });
}

/** A cancel or a time limit that met the pivot on its way: once it has completed, there is no way back. */
function scopeThatResumes(state: RunState, flow: CompiledFlow, atMs: number): JournalEntry | null {
  const root = state.scopes[rootScope];
  const isByStep = (root?.failure?.stepId ?? null) !== null || root?.failure?.isForced === true;
  const isUndoing = root?.isCompensating === true;
  return hasFailed(state, rootScope) && !isByStep && !isUndoing && isPastPivot(state, flow, rootScope)
    ? { type: 'scope.resumed', v: 1, atMs, scope: rootScope }
    : null;
}

/** The first open scope with a failure nobody caught, unless its pivot is passed or something around it fails already. */
function scopeThatFails(state: RunState, flow: CompiledFlow, atMs: number): JournalEntry | null {
  for (const { id, members } of flow.scopes.values()) {
    if (isHalted(state, flow, id)) continue;
    const failures = members.flatMap((member) => {
      const step = state.steps[member];
      return step !== undefined && isUncaught(step) ? [step] : [];
    });
    const [first] = failures.toSorted((a, b) => (a.finishedAtMs ?? 0) - (b.finishedAtMs ?? 0));
    if (first === undefined) continue;
    const isForced = state.scopes[first.id]?.failure?.isForced ?? false;
    if (isPastPivot(state, flow, id) && !isForced) continue;
    return { type: 'scope.failed', v: 1, atMs, scope: id, stepId: first.id, error: first.error ?? lostError, isForced };
  }
  return null;
}

export const lostError: StepError = {
  code: 'internal.bug',
  message: 'The step failed without an error.',
  isRetryable: false,
};

function consequencesOf(state: RunState, flow: CompiledFlow, scope: string, atMs: number): JournalEntry[] {
  if (!hasFailed(state, scope)) {
    const isDone = scope !== rootScope && !isHalted(state, flow, scope) && isComplete(state, flow, scope);
    return isDone ? [completed(state, flow, scope, atMs)] : [];
  }
  if (!isQuiet(state, flow, scope)) return [];
  const abandoned = toAbandon(state, flow, scope);
  if (abandoned.length > 0) return [cancelled(state, scope, abandoned, atMs)];
  return undo(state, flow, scope, atMs);
}

/** Loops that were stopped in the middle have undone their open iterations by themselves: that counts here. */
function cancelled(state: RunState, scope: string, stepIds: string[], atMs: number): JournalEntry {
  const undoing = stepIds.flatMap((id) => (state.steps[id]?.loop == null ? [] : (state.scopes[id] ?? [])));
  const entry = { type: 'steps.cancelled', v: 1, atMs, stepIds } as const;
  if (undoing.length === 0) return entry;
  const sum = (of: (counts: ScopeState) => number): number => undoing.reduce((total, counts) => total + of(counts), 0);
  return { ...entry, scope, undone: sum(({ undone }) => undone), undoSkipped: sum(({ undoSkipped }) => undoSkipped) };
}

const completed = (state: RunState, flow: CompiledFlow, scope: string, atMs: number): JournalEntry => ({
  type: 'step.succeeded',
  v: 1,
  atMs,
  stepId: scope,
  attempt: 1,
  startedAtMs: state.steps[scope]?.startedAtMs ?? atMs,
  output: outputOf(state, flow, scope),
  port: 'out',
});

/** Retries, timers and open scopes that a failing scope gives up. */
const toAbandon = (state: RunState, flow: CompiledFlow, scope: string): string[] =>
  stepsWithin(flow, scope).flatMap((step) => {
    const known = state.steps[step.id];
    if (known === undefined) return [];
    const isOpenInside = (step.isContainer || step.body !== null) && known.status === 'running';
    return known.status === 'waiting' || isOpenInside ? [step.id] : [];
  });

/**
 * 1. What begins to undo says what it will undo, once.
 * 2. A step whose way of undoing is complete is undone.
 * 3. Steps behind which nothing is left to undo begin to be undone.
 * 4. A container with nothing left to undo has failed, and takes its error port or fails what is around it.
 */
function undo(state: RunState, flow: CompiledFlow, scope: string, atMs: number): JournalEntry[] {
  const known = state.scopes[scope];
  const isForced = known?.failure?.isForced ?? false;
  const left = isPastPivot(state, flow, scope) && !isForced ? [] : leftToUndo(state, flow, scope);
  if (left.length > 0 && known?.isCompensating !== true) {
    const stepIds = inOrderOfCompletion(state, left).map((step) => step.id);
    return [{ type: 'scope.compensating', v: 1, atMs, scope, stepIds }];
  }
  const undone = left.find((step) => isUndone(state, flow, step));
  if (undone !== undefined) {
    const isSkipped = undone.body !== null && (state.scopes[undone.id]?.undoSkipped ?? 0) > 0;
    return [{ type: 'compensation.completed', v: 1, atMs, scope, stepId: undone.id, isSkipped }];
  }
  const ready = readyToUndo(flow, scope, left).filter((step) => statusOf(state, step.id) !== 'compensating');
  if (ready.length > 0) {
    return ready.map((step) => ({ type: 'compensation.started', v: 1, atMs, scope, stepId: step.id }));
  }
  if (left.length > 0 || scope === rootScope) return [];
  const parent = flow.scopes.get(scope)?.parent ?? rootScope;
  const isCaught = flow.steps.get(scope)?.hasErrorPort === true && !isHalted(state, flow, parent);
  const error = known?.failure?.error ?? lostError;
  return [{ type: 'scope.ended', v: 1, atMs, stepId: scope, scope: parent, error, isCaught }];
}

const inOrderOfCompletion = (state: RunState, steps: readonly CompiledStep[]): CompiledStep[] =>
  steps.toSorted((a, b) => (state.steps[a.id]?.finishedAtMs ?? 0) - (state.steps[b.id]?.finishedAtMs ?? 0));

/** Whether every step of its way of undoing has settled, and none by a failure nobody caught. */
const isUndone = (state: RunState, flow: CompiledFlow, step: CompiledStep): boolean =>
  statusOf(state, step.id) === 'compensating' &&
  !(step.undo.length === 0 && isUndoingIterations(state, step)) &&
  (flow.undoing.get(step.id) ?? []).every((id) => {
    const known = state.steps[id];
    return known !== undefined && isSettled(known.status) && !isUncaught(known);
  });
