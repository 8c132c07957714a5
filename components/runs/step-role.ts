/**
 * How a step stands when its part in the run is known. What undoes another step is compensation: its success is the
 * success of undoing, and is shown as that. Refuses to look at the run: statuses come in, a status goes out.
 */
import { shownStatus } from './choose-step';
import type { DrawnSteps } from './run-context';
import type { StepView } from './types';

/** @param isOver whether the run has ended */
export function roleStatus(
  step: Pick<StepView, 'id' | 'status'>,
  isOver: boolean,
  steps: Pick<DrawnSteps, 'undoesOf'>,
): StepView['status'] {
  const status = shownStatus(step, isOver);
  if (steps.undoesOf(step.id) === null) return status;
  if (status === 'succeeded') return 'compensated';
  return status === 'running' ? 'compensating' : status;
}

/**
 * Steps that completed and would be undone if the run failed now, the last one first. A completed container with a way
 * of undoing of its own is undone as a whole, so its steps are not listed; a loop stands for what is undone in it.
 */
export function stepsToUndo(
  all: readonly StepView[],
  steps: Pick<DrawnSteps, 'undoneBy' | 'undoesOf' | 'stepOf' | 'loopsAround' | 'canUndoInside'>,
): string[] {
  const own = all.filter(({ path }) => path === undefined);
  const isDone = ({ status, loop }: StepView): boolean =>
    status === 'succeeded' || status === 'compensating' || (loop?.succeeded ?? 0) > 0;
  const done = new Map(own.filter(isDone).map((step) => [step.id, step]));
  const isUndoneAsPart = (stepId: string): boolean => {
    const around = steps.stepOf(stepId)?.in;
    return around !== undefined && ((done.has(around) && steps.undoneBy(around).length > 0) || isUndoneAsPart(around));
  };
  return [...done.values()]
    .filter(({ id, loop }) => {
      const canBeUndone = steps.undoneBy(id).length > 0 || (loop !== undefined && steps.canUndoInside(id));
      return steps.undoesOf(id) === null && canBeUndone && steps.loopsAround(id).length === 0 && !isUndoneAsPart(id);
    })
    .toSorted((a, b) => (b.finishedAt ?? '').localeCompare(a.finishedAt ?? ''))
    .map(({ id }) => id);
}
