/**
 * What a run and the runs it waits for mean to each other: what the end of a child is for the step that waits, and which
 * children are to be stopped, and how. A child that is waited for is a call in flight: it acts in the world,
 * so its run is asked to stop and its end is awaited, before anything here is undone. Refuses to ask: the append that makes
 * it true leaves the request, and the worker delivers it.
 */
import type { CompiledFlow } from '@/core/flow/compiled-flow';
import { isPlainObject, type JsonValue } from '@/core/json';
import { type Place, placesOf } from '@/core/run/places';
import { isHalted } from '@/core/run/scopes';
import { isTerminal, type RunState, type RunStatus, type StepState } from '@/core/run/types';
import type { AttemptOutcome, StepError } from '@/core/steps/contract';

/** A child that shall stop. */
export interface ChildStop {
  readonly waitId: string;
  readonly runId: string;
  readonly how: 'cancel' | 'terminate';
  /** One sentence for the page of the child. */
  readonly reason: string;
}

/**
 * Every child that is waited for and shall stop, by the state as it is now. A run that was terminated terminates its
 * children; one that ended in another way with a child still going cancels it, as does a scope that fails and a wait that
 * took too long. What undoes a step is never stopped short of that.
 */
export const childrenToStop = (state: RunState, flow: CompiledFlow): ChildStop[] =>
  placesOf(state, flow).flatMap((place) =>
    Object.values(place.state.steps).flatMap((step): ChildStop[] => {
      const { wait } = step;
      if (wait === null || wait.awaits.on !== 'child') return [];
      const of = { waitId: wait.id, runId: wait.awaits.runId };
      if (state.status === 'terminated') {
        return [{ ...of, how: 'terminate', reason: 'The run that waits for it was terminated.' }];
      }
      if (isTerminal(state.status)) {
        return [{ ...of, how: 'cancel', reason: 'The run that waits for it has ended.' }];
      }
      const reason = whyStopped(place, step);
      return reason === null ? [] : [{ ...of, how: 'cancel', reason }];
    }),
  );

/** Why a child that a step waits for shall stop while the run goes on; null when it may go on itself. */
export function whyStopped({ state, flow }: Pick<Place, 'state' | 'flow'>, step: StepState): string | null {
  if (step.wait?.isOverdue === true) return 'The step that waits for it has run out of time.';
  const drawn = flow.steps.get(step.id);
  const isForward = drawn !== undefined && drawn.undoes === null && drawn.reconciles === null;
  return isForward && isHalted(state, flow, drawn.scope) ? 'The run that waits for it is being stopped.' : null;
}

/** A run of another flow that has ended. */
export interface EndedChild {
  readonly runId: string;
  readonly flowName: string;
  readonly status: RunStatus;
  readonly output: JsonValue;
  readonly error: StepError | null;
}

/** What the end of a child is for the step that waited for it. What was worth another try was tried inside the child. */
export function outcomeOfChild({ runId, flowName, status, output, error }: EndedChild): AttemptOutcome {
  if (status === 'succeeded') return { type: 'succeeded', output, port: 'out' };
  const cause = causeOf(error);
  const isDeeper = cause !== null && cause !== error;
  const why = cause === null ? '.' : `${isDeeper ? ', because of a run below it' : ''}: ${cause.message}`;
  return {
    type: 'failed',
    error: {
      code: 'child.failed',
      message: `The run it started of ${flowName} (${runId}) ${endings[status] ?? `is ${status}`}${why}`,
      isRetryable: false,
      details: { runId, status, ...(cause === null ? {} : { error: { code: cause.code, message: cause.message } }) },
    },
  };
}

/** What it failed by in the end: of runs that wait for runs each would otherwise repeat what all below it said. */
function causeOf(error: StepError | null): Pick<StepError, 'code' | 'message'> | null {
  const below = error?.code === 'child.failed' ? error.details?.error : undefined;
  return isPlainObject(below) && typeof below.code === 'string' && typeof below.message === 'string'
    ? { code: below.code, message: below.message }
    : error;
}

const endings: Partial<Record<RunStatus, string>> = {
  failed: 'failed',
  compensated: 'failed and was undone',
  cancelled: 'was cancelled',
  terminated: 'was terminated',
};
