/**
 * The decisions of a run: command in, journal entries out. Time, ids, draws and evaluated values arrive inside commands;
 * nothing here waits, evaluates or acts. A command that no longer applies (an outcome of a settled step, a cancel of an
 * ended run) yields no entries: what is late is ignored, not half applied.
 */

import type { CompiledFlow } from '@/core/flow/compiled-flow';
import { rootScope } from '@/core/flow/graph';
import { loseAttempts, settleAttempt, startAttempt } from '@/core/run/attempts';
import { blockage } from '@/core/run/blocked';
import type { RunCommand } from '@/core/run/commands';
import { withConsequences } from '@/core/run/consequences';
import type { JournalEntry } from '@/core/run/entries';
import { outputOf, statusOf } from '@/core/run/graph-state';
import { cancel, resolve, timeOut } from '@/core/run/interventions';
import { type IterationRef, noPath, splitPath } from '@/core/run/iteration-path';
import { insideIteration } from '@/core/run/loops';
import { seedEntries } from '@/core/run/replan';
import { hasFailed, isComplete, isPastPivot, isQuiet, leftToUndo, stepsWithin } from '@/core/run/scopes';
import { isTerminal, type RunState } from '@/core/run/types';
import { endWait, overrunWait, startTimer, startWait } from '@/core/run/waiting';

/**
 * The entries a command causes. Folding them onto `state` is the caller's part.
 * @returns nothing when the command does not apply any more
 */
export function decide(state: RunState, flow: CompiledFlow, command: RunCommand): JournalEntry[] {
  if (isTerminal(state.status)) return [];
  const place = 'path' in command && command.path !== undefined ? splitPath(command.path) : null;
  if (place !== null) return decideInside(state, flow, command, place.head, place.rest);
  switch (command.type) {
    case 'startRun':
      return state.status === 'queued' ? withConsequences(state, flow, [startRun(command)], command.atMs) : [];
    case 'seed':
      return withConsequences(state, flow, seedEntries(state, command, command.atMs), command.atMs, true);
    case 'startAttempt':
      return startAttempt(state, command);
    case 'settleAttempt':
      return withConsequences(state, flow, settleAttempt(state, flow, command), command.atMs);
    case 'startTimer':
      return startTimer(state, command);
    case 'startWait':
      return startWait(state, command);
    case 'endWait':
      return withConsequences(state, flow, endWait(state, flow, command), command.atMs);
    case 'overrunWait':
      return overrunWait(state, command);
    case 'enterLoop':
      return withConsequences(state, flow, enterLoop(state, command), command.atMs);
    case 'enterScope':
      return statusOf(state, command.stepId) === 'pending'
        ? withConsequences(
            state,
            flow,
            [{ type: 'scope.entered', v: 1, atMs: command.atMs, stepId: command.stepId }],
            command.atMs,
          )
        : [];
    case 'timeOut':
      return withConsequences(state, flow, timeOut(state, flow, command.atMs), command.atMs);
    case 'resolve':
      return withConsequences(state, flow, resolve(state, flow, command), command.atMs);
    case 'loseAttempts':
      return withConsequences(state, flow, loseAttempts(state, flow, command), command.atMs);
    case 'cancel':
      return withConsequences(state, flow, cancel(state, flow, command), command.atMs);
    case 'terminate':
      return [{ type: 'run.terminated', v: 1, atMs: command.atMs, actor: command.actor, reason: command.reason }];
    case 'conclude':
      return conclude(state, flow, command.atMs);
    default:
      return command satisfies never;
  }
}

/** Decides for an iteration as for a run of its own, and then for the run around it. */
function decideInside(
  state: RunState,
  flow: CompiledFlow,
  command: RunCommand,
  { stepId, index }: IterationRef,
  rest: string,
): JournalEntry[] {
  const step = flow.steps.get(stepId);
  const iteration = state.steps[stepId]?.loop?.active[index];
  if (step === undefined || step.body === null || iteration === undefined) return [];
  const { path: _, ...relative } = command as RunCommand & { readonly path?: string };
  const inner = decide(iteration, step.body, (rest === noPath ? relative : { ...relative, path: rest }) as RunCommand);
  return inner.length === 0
    ? []
    : withConsequences(state, flow, insideIteration(state, step, index, inner, command.atMs), command.atMs);
}

const startRun = ({ atMs, triggerStep, tags }: Extract<RunCommand, { type: 'startRun' }>): JournalEntry => ({
  type: 'run.started',
  v: 1,
  atMs,
  triggerStep,
  tags,
});

function enterLoop(state: RunState, command: Extract<RunCommand, { type: 'enterLoop' }>): JournalEntry[] {
  const { atMs, stepId, input, concurrency, onError } = command;
  if (statusOf(state, stepId) !== 'pending') return [];
  return [{ type: 'loop.started', v: 1, atMs, stepId, input, concurrency, onError }];
}

/**
 * 1. What follows by itself is decided first: scopes that fail, undo, complete.
 * 2. A run that waits for a person says so, once.
 * 3. A flow that goes forward has succeeded when every step has settled; one that fails ends when nothing is in flight
 *    any more, nothing waits, and nothing is left to undo.
 */
function conclude(state: RunState, flow: CompiledFlow, atMs: number): JournalEntry[] {
  const followed = withConsequences(state, flow, [], atMs, true);
  if (followed.length > 0) return followed;
  const blocked = blockage(state, flow);
  if (blocked !== null) {
    const { stepId, code, path } = blocked;
    const inside = path === noPath ? {} : { in: path };
    return state.blockedSinceMs === null ? [{ type: 'run.blocked', v: 1, atMs, stepId, code, ...inside }] : [];
  }
  if (!hasFailed(state, rootScope)) {
    return isComplete(state, flow, rootScope)
      ? [{ type: 'run.succeeded', v: 1, atMs, output: outputOf(state, flow, rootScope) }]
      : [];
  }
  return hasEnded(state, flow) ? [endOf(state, atMs)] : [];
}

function hasEnded(state: RunState, flow: CompiledFlow): boolean {
  const isWaiting = stepsWithin(flow, rootScope).some((step) => {
    const status = statusOf(state, step.id);
    return status === 'waiting' || status === 'compensating';
  });
  const isForced = state.scopes[rootScope]?.failure?.isForced === true;
  const isDone = (isPastPivot(state, flow, rootScope) && !isForced) || leftToUndo(state, flow, rootScope).length === 0;
  return isQuiet(state, flow, rootScope) && !isWaiting && isDone;
}

/** A cancel that won; else undone whole; else failed, with what could not or was not meant to be undone. */
function endOf(state: RunState, atMs: number): JournalEntry {
  if (state.cancel !== null) return { type: 'run.cancelled', v: 1, atMs, ...state.cancel };
  const error = state.error ?? {
    code: 'internal.bug',
    message: 'The run failed without an error.',
    isRetryable: false,
  };
  const root = state.scopes[rootScope];
  const isUndone = (root?.undone ?? 0) > 0 && root?.undoSkipped === 0;
  return { type: isUndone ? 'run.compensated' : 'run.failed', v: 1, atMs, stepId: state.failedStep, error };
}
