/**
 * Runs of other flows, as the worker handles them: prepares the start of one, stops those that shall stop, and tells a parent
 * that one has ended. Everything that must not be lost stands in the database before it is done here, and what a worker left
 * undone when it died is done again by the next sweep. Refuses to decide; `core/run` does.
 */
import { isHeadraceError } from '@/core/errors';
import type { JsonObject, JsonValue } from '@/core/json';
import type { ChildStop } from '@/core/run/children';
import { addressOf } from '@/core/run/iteration-path';
import type { StepError } from '@/core/steps/contract';
import type { ChildEnds } from '@/server/repositories/child-ends';
import type { ChildStops } from '@/server/repositories/child-stops';
import type { RunRef } from '@/server/repositories/overdue-runs';
import type { LoadedRun } from '@/server/repositories/run-store';
import type { EventAppend, Log, WakeUps } from '@/server/services/ports';
import type { CallFlow } from '@/server/services/runs/call-flow';
import { faultPoint } from '@/workers/fault-point';
import { asStepError } from '@/workers/perform-step';

export interface ChildDraft {
  /** Id or unique name. */
  readonly flow: string;
  readonly data: JsonValue;
  readonly stepId: string;
  readonly path: string;
  /** The wait that ends with it; null when nobody waits. */
  readonly waitId: string | null;
}

export type PreparedChild =
  | { readonly type: 'ready'; readonly runId: string; readonly flowId: string; readonly event: EventAppend }
  | { readonly type: 'refused'; readonly error: StepError };

export interface Children {
  /** The event that starts a run of another flow, or why it cannot be started. */
  prepare(loaded: LoadedRun, child: ChildDraft): Promise<PreparedChild>;
  /** Rings the runs that these events start, after their commit. */
  ringStarted(workspaceId: string, events: readonly EventAppend[]): void;
  /** Delivers stops whose append has committed. Never throws: what fails is left to the sweep. */
  stop(workspaceId: string, stops: readonly ChildStop[]): Promise<void>;
  /** Tells whoever waits for a run that has ended. Never throws, as above. */
  tellParent(child: RunRef): Promise<void>;
  /** Does what others have left undone. @returns runs rung for */
  sweep(): Promise<number>;
}

export interface ChildrenDeps {
  readonly callFlow: CallFlow;
  readonly ends: ChildEnds;
  readonly stops: ChildStops;
  readonly wakeUps: Pick<WakeUps, 'ring'>;
  readonly log: Log;
}

/** Taken up per sweep; the next sweep takes the rest. */
const perSweep = 500;

export function createChildren({ callFlow, ends, stops, wakeUps, log }: ChildrenDeps): Children {
  const ring = async (runs: readonly RunRef[]): Promise<void> => {
    const unique = [...new Map(runs.map((run) => [run.runId, run])).values()];
    if (unique.length > 0) await wakeUps.ring(unique);
  };

  return {
    async prepare({ row }, { flow, data, stepId, path, waitId }) {
      const address = addressOf(path, stepId);
      const parent = { parentRunId: row.id, parentFlowId: row.flowId, hops: row.hops };
      try {
        return { type: 'ready', ...(await callFlow(row.workspaceId, { flow, data, address, waitId, ...parent })) };
      } catch (error) {
        if (!isHeadraceError(error) || error.kind === 'transient') throw error;
        const details = { flow, faults: error.faults.map((fault): JsonObject => ({ ...fault })) };
        return { type: 'refused', error: { ...asStepError(error), details } };
      }
    },
    ringStarted(workspaceId, events) {
      const started = events.flatMap(({ run }) => (run === null ? [] : [{ workspaceId, runId: run.id }]));
      ring(started).catch((error: unknown) => {
        log.warn(
          { err: error, workspaceId, runs: started.length },
          'children could not be rung; they are due all the same',
        );
      });
    },
    async stop(workspaceId, left) {
      faultPoint('before-stopping');
      try {
        await ring(await stops.deliverOf(workspaceId, left));
      } catch (error) {
        log.warn({ err: error, workspaceId, stops: left.length }, 'children could not be told to stop; the sweep will');
      }
    },
    async tellParent(child) {
      faultPoint('before-telling');
      try {
        const parent = await ends.tell(child);
        if (parent !== null) await ring([parent]);
      } catch (error) {
        log.warn({ err: error, ...child }, 'the end of a child could not be told; the sweep will');
      }
    },
    async sweep() {
      const untold = await ends.untold(perSweep);
      const parents = await Promise.all(untold.map((child) => ends.tell(child)));
      const runs = [...parents.filter((run) => run !== null), ...(await stops.deliverOldest(perSweep))];
      if (runs.length === 0) return 0;
      await ring(runs);
      log.info({ ends: untold.length, rung: runs.length }, 'did for children what their workers had left undone');
      return runs.length;
    },
  };
}
