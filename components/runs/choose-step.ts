/**
 * Which step a run page opens on, where its failure lies, and how a step stands once the run is over. The answer is what
 * a person looks for first: the step that waits for them, else the one that failed, else the one that holds the run up,
 * else the last that did something.
 */
import { iterationText, joinPath, noPath } from '@/core/run/iteration-path';
import { haveLoopsFailed, type StepPlace, stepAt } from './iterations';
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
 * container fails by a step inside it, which is the one to look at; a loop that goes on after failures does not.
 */
export function failingStep(run: RunView): StepView | null {
  const uncaught = run.steps.filter((step) => isUncaught(step) && haveLoopsFailed(run, step));
  const tried = uncaught.filter(({ attempts }) => attempts.length > 0);
  const failed = tried.length > 0 ? tried : uncaught;
  const named = failed.filter((step) => isErrorOf(step, run));
  const index = run.error?.details?.index;
  return named.find((step) => step.index === index) ?? named[0] ?? failed[0] ?? null;
}

/** A loop says the same and which iteration it was, before it. */
const isErrorOf = ({ error }: StepView, run: RunView): boolean =>
  error !== null && error.code === run.error?.code && run.error.message.endsWith(error.message);

/** Where the failure lies: the step, and the iteration it was in; of a long loop only the iteration is known. */
export function failingPlace(run: RunView): StepPlace | null {
  const step = failingStep(run);
  if (step === null) return null;
  const index = step.error?.details?.index;
  const isInside = step.loop !== undefined && typeof index === 'number';
  const path = step.path ?? noPath;
  return { stepId: step.id, path: isInside ? joinPath(path, iterationText({ stepId: step.id, index })) : path };
}

/** @returns null only for a run without steps */
export function placeToOpen(run: RunView): StepPlace | null {
  return holdingPlace(run) ?? failingPlace(run) ?? placeOf(stepThatTells(run));
}

const placeOf = (step: StepView | undefined): StepPlace | null =>
  step === undefined ? null : { stepId: step.id, path: step.path ?? noPath };

/** The step that waits for a person. */
function holdingPlace({ status, reason, steps }: RunView): StepPlace | null {
  if (status !== 'blocked' || reason?.stepId === undefined) return null;
  return placeOf(stepAt(steps, { stepId: reason.stepId, path: reason.path ?? noPath }));
}

function stepThatTells(run: RunView): StepView | undefined {
  // Iterations come and go while one looks: their loop stays.
  const own = run.steps.filter(({ path }) => path === undefined);
  // A container stands as the steps inside it do, which are the ones to look at.
  const first = (steps: readonly StepView[], status: StepView['status']) =>
    steps.find((step) => step.status === status && step.attempts.length > 0) ??
    steps.find((step) => step.status === status);
  return first(run.steps, 'unknown') ?? first(own, 'waiting') ?? first(own, 'running') ?? lastToEnd(own) ?? own[0];
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
