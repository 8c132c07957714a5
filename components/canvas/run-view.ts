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
  /** Of a loop that was entered: how far it has come. */
  readonly loop?: LoopProgress;
  /** Of a loop: the index of the iteration that is drawn inside it; absent when all of them are. */
  readonly iteration?: number;
  /** Of a step in a loop of which all iterations are drawn at once: in how many it stands how, as far as that is known. */
  readonly tally?: StepTally;
}

/** Counts of iterations; what is left of `total` has not begun. */
export interface LoopProgress {
  readonly total: number;
  readonly begun: number;
  readonly running: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly compensated: number;
  readonly undone: number;
}

export interface StepTally {
  /** Statuses that occur, each once, the most telling first. */
  readonly counts: readonly { readonly status: StepStatus; readonly count: number }[];
  /** Outlets that were taken in any iteration. */
  readonly ports: readonly string[];
  /** False: of a long loop only the iterations under way are known one by one. */
  readonly isWhole: boolean;
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

const undone: ReadonlySet<StepStatus> = new Set(['compensating', 'compensated']);
const idle: ReadonlySet<StepStatus> = new Set(['pending', 'skipped', 'cancelled']);

/** How a step stands; in several iterations, how it does in each. */
const statusesOf = ({ status, tally }: StepRunView): readonly StepStatus[] =>
  tally === undefined ? [status] : tally.counts.map((each) => each.status);

/** Whether a step has begun in this run. */
export const hasBegun = (run: FlowRunView, stepId: string): boolean => {
  const step = run.steps[stepId];
  return step !== undefined && statusesOf(step).some((status) => !idle.has(status));
};

/** Whether the run went, did not go, or may still go along this edge. */
export function edgeRunView(edge: FlowEdge, run: FlowRunView): EdgeRunView {
  const from = run.steps[edge.from];
  if (portOf(edge) === compensatePort) {
    const isUndone = from !== undefined && statusesOf(from).some((each) => undone.has(each));
    return isUndone && hasBegun(run, edge.to) ? 'taken' : run.isOver ? 'skipped' : 'pending';
  }
  if (from === undefined || from.status === 'pending') {
    return run.isOver && from?.tally?.isWhole !== false ? 'skipped' : 'pending';
  }
  if (from.tally !== undefined) {
    if (from.tally.ports.includes(portOf(edge))) return 'taken';
    return run.isOver && from.tally.isWhole ? 'skipped' : 'pending';
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
