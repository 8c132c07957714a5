/**
 * A run as the canvas wants it: per step its status, attempts, time, the outlet taken, and of what undoes which came
 * first. Refuses colours.
 */
import type { FlowRunView, StepRunView } from '@/components/canvas/run-view';
import { isTerminal } from '@/core/run/types';
import { shownStatus } from './choose-step';
import { stepTookMs } from './timeline-geometry';
import type { RunView, StepView } from './types';

const none: ReadonlySet<string> = new Set();

/**
 * Draws with a memory: a step of which nothing changed keeps its object, so that its card is not painted again.
 * @returns takes the run, and the steps of its document that undo others
 */
export function createRunDrawing(): (run: RunView, undoing?: ReadonlySet<string>) => FlowRunView {
  let before: FlowRunView = { steps: {}, isOver: false };
  return (run, undoing = none) => {
    const isOver = isTerminal(run.status);
    const order = undoOrder(run, undoing);
    const steps = run.steps.map((step): [string, StepRunView] => {
      const place = order.get(step.id);
      const drawn = { ...drawStep(step, isOver), ...(place === undefined ? {} : { undoOrder: place }) };
      const known = before.steps[step.id];
      return [step.id, known !== undefined && isSame(known, drawn) ? known : drawn];
    });
    before = { steps: Object.fromEntries(steps), isOver };
    return before;
  };
}

const drawStep = (step: StepView, isOver: boolean): StepRunView => ({
  status: shownStatus(step, isOver),
  port: step.port,
  attempts: step.attempts.length,
  tookMs: stepTookMs(step),
});

const isSame = (a: StepRunView, b: StepRunView): boolean =>
  a.status === b.status &&
  a.port === b.port &&
  a.attempts === b.attempts &&
  a.tookMs === b.tookMs &&
  a.undoOrder === b.undoOrder;

/** In which order the steps that undo began; of those of the same millisecond, what undoes the later step is drawn later. */
function undoOrder(run: RunView, undoing: ReadonlySet<string>): ReadonlyMap<string, number> {
  const begun = run.steps.flatMap(({ id, startedAt }, index) =>
    undoing.has(id) && startedAt !== null ? [{ id, index, startedMs: Date.parse(startedAt) }] : [],
  );
  begun.sort((a, b) => a.startedMs - b.startedMs || b.index - a.index);
  return new Map(begun.map(({ id }, at) => [id, at + 1]));
}
