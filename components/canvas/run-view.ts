/**
 * What a run looks like on the canvas: per step its status, attempts and time, and from these which edges were taken.
 * It exists so that the run page hands over plain facts and the canvas alone knows the colours. Refuses journals: fold
 * them first.
 */
import { type FlowEdge, portOf } from '@/core/flow/document';
import { compensatePort } from '@/core/flow/graph';
import type { StepStatus } from '@/core/run/types';

export interface StepRunView {
  readonly status: StepStatus;
  readonly attempts: number;
  /** From its first attempt to its outcome; null while there is none. */
  readonly tookMs: number | null;
  /** The port taken: of a success, or `error` when a drawn error port caught the failure; null before that. */
  readonly port: string | null;
  /** Of a step that undoes another: the how manieth compensation of the run it was, from 1; null for all others. */
  readonly undoOrder?: number | null;
}

export interface FlowRunView {
  /** By step id; a step that is missing is pending. */
  readonly steps: Readonly<Record<string, StepRunView>>;
  /** The run reached a terminal status, so what is pending will never happen. */
  readonly isOver: boolean;
}

export type EdgeRunView = 'taken' | 'skipped' | 'pending';

/** The status whose colour and icon a step has: what undoes is compensation, not progress. */
export function shownAs({ status, undoOrder }: StepRunView): StepStatus {
  if (undoOrder == null) {
    return status;
  }
  return status === 'succeeded' ? 'compensated' : status === 'running' ? 'compensating' : status;
}

/** Whether a step has begun in this run. */
export const hasBegun = (run: FlowRunView, stepId: string): boolean => {
  const status = run.steps[stepId]?.status ?? 'pending';
  return status !== 'pending' && status !== 'skipped' && status !== 'cancelled';
};

/** Whether the run went, did not go, or may still go along this edge. */
export function edgeRunView(edge: FlowEdge, run: FlowRunView): EdgeRunView {
  const from = run.steps[edge.from];
  if (portOf(edge) === compensatePort) {
    const isUndone = from?.status === 'compensating' || from?.status === 'compensated';
    return isUndone && hasBegun(run, edge.to) ? 'taken' : run.isOver ? 'skipped' : 'pending';
  }
  if (from === undefined || from.status === 'pending') {
    return run.isOver ? 'skipped' : 'pending';
  }
  if (from.port !== null) {
    return from.port === portOf(edge) ? 'taken' : 'skipped';
  }
  const isDecided = from.status === 'skipped' || from.status === 'failed' || from.status === 'cancelled';
  return isDecided || run.isOver ? 'skipped' : 'pending';
}

/** Whether something is happening on this edge right now: the step it leads to is being undone, or undoes. */
export const isMoving = (to: StepRunView | undefined): boolean =>
  to !== undefined && (to.status === 'running' || to.status === 'waiting' || to.status === 'unknown');
