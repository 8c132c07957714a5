/**
 * Which step a run page opens on, where its failure lies, and how a step stands once the run is over. The answer is what
 * a person looks for first: the step that waits for them, else the one that failed, else the one that holds the run up,
 * else the last that did something.
 */
import type { RunView, StepView } from './types';

/**
 * The status as it is shown once the run is over. What had not begun never will; of a call that was cut off nobody saw
 * the outcome; what waited for another try will not have it.
 */
export function shownStatus({ status }: Pick<StepView, 'status'>, isOver: boolean): StepView['status'] {
  if (!isOver) return status;
  if (status === 'pending') return 'skipped';
  if (status === 'running') return 'unknown';
  return status === 'waiting' ? 'cancelled' : status;
}

/** A failure that no drawn error path caught. */
export const isUncaught = (step: StepView): boolean => step.status === 'failed' && step.port === null;

/**
 * The step whose failure ended the run: of several that failed beside each other, the one whose error the run has. A
 * container fails by a step inside it, which is the one to look at.
 */
export function failingStep(run: RunView): StepView | null {
  const uncaught = run.steps.filter(isUncaught);
  const tried = uncaught.filter(({ attempts }) => attempts.length > 0);
  const failed = tried.length > 0 ? tried : uncaught;
  const named = failed.find(({ error }) => error?.code === run.error?.code && error?.message === run.error?.message);
  return named ?? failed[0] ?? null;
}

/** @returns the id of the step to open; null only for a run without steps */
export function stepToOpen(run: RunView): string | null {
  // A container stands as the steps inside it do, which are the ones to look at.
  const first = (status: StepView['status']) =>
    run.steps.find((step) => step.status === status && step.attempts.length > 0) ??
    run.steps.find((step) => step.status === status);
  const holding = run.status === 'blocked' ? run.steps.find(({ id }) => id === run.reason?.stepId) : undefined;
  const chosen =
    holding ??
    failingStep(run) ??
    first('unknown') ??
    first('waiting') ??
    first('running') ??
    lastToEnd(run.steps) ??
    run.steps[0];
  return chosen?.id ?? null;
}

/** The step that ended last; among equals the one drawn last, because pure steps end within one millisecond. */
function lastToEnd(steps: readonly StepView[]): StepView | undefined {
  let last: StepView | undefined;
  for (const step of steps) {
    if (step.startedAt === null || step.finishedAt === null) continue;
    if (last?.finishedAt == null || step.finishedAt >= last.finishedAt) last = step;
  }
  return last;
}
