/**
 * What a run looks like on the canvas: per step its status, attempts and time, and from these which edges were taken.
 * It exists so that the run page hands over plain facts and the canvas alone knows the colours. Refuses journals: fold
 * them first.
 */
import { type FlowEdge, portOf } from '@/core/flow/document';
import type { StepStatus } from '@/core/run/types';

export interface StepRunView {
  readonly status: StepStatus;
  readonly attempts: number;
  /** From its first attempt to its outcome; null while there is none. */
  readonly tookMs: number | null;
  /** The port taken: of a success, or `error` when a drawn error port caught the failure; null before that. */
  readonly port: string | null;
}

export interface FlowRunView {
  /** By step id; a step that is missing is pending. */
  readonly steps: Readonly<Record<string, StepRunView>>;
  /** The run reached a terminal status, so what is pending will never happen. */
  readonly isOver: boolean;
}

export type EdgeRunView = 'taken' | 'skipped' | 'pending';

/** Whether the run went, did not go, or may still go along this edge. */
export function edgeRunView(edge: FlowEdge, run: FlowRunView): EdgeRunView {
  const from = run.steps[edge.from];
  if (from === undefined || from.status === 'pending') {
    return run.isOver ? 'skipped' : 'pending';
  }
  if (from.port !== null) {
    return from.port === portOf(edge) ? 'taken' : 'skipped';
  }
  const isDecided = from.status === 'skipped' || from.status === 'failed' || from.status === 'cancelled';
  return isDecided || run.isOver ? 'skipped' : 'pending';
}
