/** A run as the canvas wants it: per step its status, attempts, time and the outlet taken. Refuses colours. */
import type { FlowRunView, StepRunView } from '@/components/canvas/run-view';
import { isTerminal } from '@/core/run/types';
import { shownStatus } from './choose-step';
import { stepTookMs } from './timeline-geometry';
import type { RunView, StepView } from './types';

/** Draws with a memory: a step of which nothing changed keeps its object, so that its card is not painted again. */
export function createRunDrawing(): (run: RunView) => FlowRunView {
  let before: FlowRunView = { steps: {}, isOver: false };
  return (run) => {
    const isOver = isTerminal(run.status);
    const steps = run.steps.map((step): [string, StepRunView] => {
      const drawn = drawStep(step, isOver);
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
  a.status === b.status && a.port === b.port && a.attempts === b.attempts && a.tookMs === b.tookMs;
