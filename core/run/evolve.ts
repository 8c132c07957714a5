/**
 * Folds journal entries into the state of a run. It only records: nothing is evaluated, decided or timed here, so a
 * journal of any age folds to the same state for ever. Refuses entries it does not know by failing to compile.
 */
import { rootScope } from '@/core/flow/graph';
import type { JsonValue } from '@/core/json';
import type { JournalEntry } from '@/core/run/entries';
import {
  endIteration,
  inIteration,
  startIteration,
  startLoop,
  undoIteration,
  withoutOutcomes,
} from '@/core/run/evolve-loop';
import { cancelSteps, endScope, freed, reconciled, resolve, undone } from '@/core/run/evolve-saga';
import { attemptOf, emptyStep, initialState, reuseStep, withAttempt, withScope, withStep } from '@/core/run/state';
import type { LoopSeed, RunState } from '@/core/run/types';

/**
 * The state after one more entry.
 * @param state state so far; not changed
 * @param entry the next entry of the same journal
 */
export const evolve = (state: RunState, entry: JournalEntry): RunState => evolveWith(state, entry, false);

/** @param keepsIterations remembers every iteration of loops, also what is over */
function evolveWith(state: RunState, entry: JournalEntry, keepsIterations: boolean): RunState {
  const next =
    entry.path === undefined ? apply(state, entry, keepsIterations) : applyInside(state, entry, keepsIterations);
  return { ...next, seq: state.seq + 1 };
}

/** What happened inside an iteration, and what of it concerns the run around it. */
function applyInside(state: RunState, entry: JournalEntry, keepsIterations: boolean): RunState {
  const next = inIteration(state, entry, (at, inner) => evolveWith(at, inner, keepsIterations));
  if (entry.type === 'step.succeeded' && entry.answer !== undefined) {
    return { ...next, answer: state.answer ?? entry.answer };
  }
  return entry.type === 'step.resolved' ? freed(next, entry.atMs) : next;
}

function apply(state: RunState, entry: JournalEntry, keepsIterations: boolean): RunState {
  switch (entry.type) {
    case 'run.started':
      return withStep(
        {
          ...state,
          status: 'running',
          triggerStep: entry.triggerStep,
          tags: entry.tags,
          startedAtMs: entry.atMs,
        },
        {
          ...emptyStep(entry.triggerStep),
          status: 'succeeded',
          port: 'out',
          output: state.eventData,
          startedAtMs: entry.atMs,
          finishedAtMs: entry.atMs,
        },
      );
    case 'step.started': {
      const step = state.steps[entry.stepId] ?? emptyStep(entry.stepId);
      return withStep(state, {
        ...step,
        status: 'running',
        startedAtMs: step.startedAtMs ?? entry.atMs,
        retryAtMs: null,
        attempts: withAttempt(step.attempts, {
          n: entry.attempt,
          status: 'running',
          startedAtMs: entry.atMs,
          finishedAtMs: null,
          input: entry.input,
          output: null,
          error: null,
          idempotencyKey: entry.idempotencyKey,
          effect: entry.effect,
          retriesUnknown: entry.retriesUnknown,
          isLost: false,
          logs: [],
          endedBy: null,
        }),
      });
    }
    case 'step.succeeded': {
      const step = state.steps[entry.stepId] ?? emptyStep(entry.stepId);
      const attempt = attemptOf(step, entry);
      const next = withStep(state, {
        ...step,
        status: 'succeeded',
        port: entry.port,
        output: entry.output,
        error: null,
        startedAtMs: step.startedAtMs ?? entry.startedAtMs,
        finishedAtMs: entry.atMs,
        retryAtMs: null,
        timerAtMs: null,
        wait: null,
        loop: keepsIterations ? step.loop : withoutOutcomes(step.loop),
        attempts: withAttempt(step.attempts, {
          ...attempt,
          status: 'succeeded',
          finishedAtMs: entry.atMs,
          output: entry.output,
          logs: entry.logs ?? [],
          endedBy: entry.endedBy ?? null,
        }),
      });
      return entry.answer === undefined ? next : { ...next, answer: state.answer ?? entry.answer };
    }
    case 'step.attemptFailed': {
      const step = state.steps[entry.stepId] ?? emptyStep(entry.stepId);
      const isFinal = entry.retryAtMs === null;
      const caught = isFinal && entry.isCaught;
      return withStep(state, {
        ...step,
        status: isFinal ? 'failed' : 'waiting',
        port: caught ? 'error' : null,
        error: entry.error,
        startedAtMs: step.startedAtMs ?? entry.startedAtMs,
        finishedAtMs: isFinal ? entry.atMs : null,
        retryAtMs: entry.retryAtMs,
        timerAtMs: null,
        wait: null,
        attempts: withAttempt(step.attempts, {
          ...attemptOf(step, entry),
          status: 'failed',
          finishedAtMs: entry.atMs,
          error: entry.error,
          logs: entry.logs ?? [],
          endedBy: entry.endedBy ?? null,
        }),
      });
    }
    case 'step.attemptUnknown': {
      const step = state.steps[entry.stepId] ?? emptyStep(entry.stepId);
      return withStep(state, {
        ...step,
        status: entry.retryAtMs === null ? 'unknown' : 'waiting',
        error: entry.error,
        retryAtMs: entry.retryAtMs,
        attempts: withAttempt(step.attempts, {
          ...attemptOf(step, entry),
          status: 'unknown',
          finishedAtMs: entry.atMs,
          error: entry.error,
          isLost: entry.isLost,
        }),
      });
    }
    case 'step.waiting': {
      const step = state.steps[entry.stepId] ?? emptyStep(entry.stepId);
      return withStep(state, {
        ...step,
        status: 'waiting',
        startedAtMs: step.startedAtMs ?? entry.atMs,
        retryAtMs: null,
        timerAtMs: entry.untilMs,
        attempts: withAttempt(step.attempts, {
          ...attemptOf(step, { ...entry, startedAtMs: entry.atMs }),
          status: 'running',
        }),
      });
    }
    case 'wait.started': {
      const step = state.steps[entry.stepId] ?? emptyStep(entry.stepId);
      return withStep(state, {
        ...step,
        status: 'waiting',
        startedAtMs: step.startedAtMs ?? entry.atMs,
        retryAtMs: null,
        timerAtMs: entry.untilMs,
        wait: { id: entry.waitId, awaits: entry.awaits, sinceMs: entry.atMs, isOverdue: false },
        attempts: withAttempt(step.attempts, {
          ...attemptOf(step, { ...entry, startedAtMs: entry.atMs }),
          status: 'running',
        }),
      });
    }
    case 'wait.overrun': {
      const step = state.steps[entry.stepId];
      if (step?.wait?.id !== entry.waitId) return state;
      return withStep(state, { ...step, timerAtMs: null, wait: { ...step.wait, isOverdue: true } });
    }
    case 'loop.started':
      return startLoop(state, entry);
    case 'iteration.started':
      return startIteration(state, entry);
    case 'iteration.ended':
      return endIteration(state, keepsIterations ? { ...entry, isKept: true } : entry);
    case 'iteration.undoing':
      return undoIteration(state, entry);
    case 'scope.entered': {
      const step = state.steps[entry.stepId] ?? emptyStep(entry.stepId);
      const entered = withStep(state, { ...step, status: 'running', startedAtMs: step.startedAtMs ?? entry.atMs });
      return withScope(entered, entry.stepId, {});
    }
    case 'scope.failed': {
      const { stepId, error, isForced } = entry;
      const next = withScope(state, entry.scope, { failure: { stepId, error, isForced } });
      return entry.scope === rootScope ? { ...next, failedStep: stepId, error } : next;
    }
    case 'scope.compensating': {
      const next = withScope(state, entry.scope, { isCompensating: true });
      return { ...next, status: 'compensating' };
    }
    case 'compensation.started': {
      const step = state.steps[entry.stepId] ?? emptyStep(entry.stepId);
      return withStep(state, { ...step, status: 'compensating' });
    }
    case 'compensation.completed':
      return undone(state, entry);
    case 'scope.resumed': {
      const next = withScope(state, entry.scope, { failure: null });
      return entry.scope === rootScope ? { ...next, cancel: null, failedStep: null, error: null } : next;
    }
    case 'scope.ended':
      return endScope(state, entry);
    case 'step.resolved':
      return resolve(state, entry);
    case 'steps.reused':
      return reuseStep(state, entry, entry.fromRunId, entry.atMs);
    case 'iterations.reused': {
      const { fromRunId, output } = entry;
      const seed = output as unknown as LoopSeed;
      return { ...state, loopSeeds: { ...state.loopSeeds, [entry.stepId]: { fromRunId, seed } } };
    }
    case 'keys.kept':
      return { ...state, keptGenerations: { ...state.keptGenerations, ...entry.generations } };
    case 'reconcile.started': {
      const subject = state.steps[entry.stepId] ?? emptyStep(entry.stepId);
      const finder = state.steps[entry.withStepId] ?? emptyStep(entry.withStepId);
      const asked = withStep(state, {
        ...subject,
        isReconciling: true,
        reconciledAttempt: subject.attempts.at(-1)?.n ?? 0,
      });
      // It may have been asked before, about an earlier attempt: its own attempts stay, and begin to count anew.
      const { attempts } = finder;
      return withStep(asked, { ...emptyStep(finder.id), attempts, forgivenAttempts: attempts.at(-1)?.n ?? 0 });
    }
    case 'step.reconciled':
      return reconciled(state, entry);
    case 'run.timedOut':
      return { ...state, isTimedOut: true };
    case 'run.blocked':
      return { ...state, blockedSinceMs: state.blockedSinceMs ?? entry.atMs };
    case 'run.compensated':
      return {
        ...state,
        status: 'compensated',
        error: entry.error,
        failedStep: entry.stepId,
        finishedAtMs: entry.atMs,
      };
    case 'steps.skipped':
      return {
        ...state,
        steps: {
          ...state.steps,
          ...Object.fromEntries(
            entry.stepIds.map((id) => [id, { ...emptyStep(id), status: 'skipped' as const, finishedAtMs: entry.atMs }]),
          ),
        },
      };
    case 'steps.cancelled':
      return cancelSteps(state, entry);
    case 'run.cancelRequested':
      return { ...state, cancel: { actor: entry.actor, reason: entry.reason } };
    case 'run.succeeded':
      return { ...state, status: 'succeeded', output: entry.output, finishedAtMs: entry.atMs };
    case 'run.failed':
      return { ...state, status: 'failed', error: entry.error, failedStep: entry.stepId, finishedAtMs: entry.atMs };
    case 'run.cancelled':
      return { ...state, status: 'cancelled', finishedAtMs: entry.atMs };
    case 'run.terminated':
      return { ...state, status: 'terminated', finishedAtMs: entry.atMs };
    default:
      return entry satisfies never;
  }
}

/** Folds a whole journal from nothing, or the rest of one onto what was folded before. */
export const fold = (eventData: JsonValue, entries: Iterable<JournalEntry>, from?: RunState): RunState => {
  let state = from ?? initialState(eventData);
  for (const entry of entries) state = evolve(state, entry);
  return state;
};

/**
 * Folds a whole journal and remembers every iteration of its loops, for whoever asks what became of each. It takes as much
 * memory as the loops are long.
 */
export const foldWhole = (eventData: JsonValue, entries: Iterable<JournalEntry>): RunState => {
  let state = initialState(eventData);
  for (const entry of entries) state = evolveWith(state, entry, true);
  return state;
};
