/**
 * A run as the canvas wants it: per step its status, attempts, time, the outlet taken, of what undoes which came first,
 * and of loops how far they are. Refuses colours.
 */
import type { FlowRunView, StepRunView, StepTally } from '@/components/canvas/run-view';
import { isTerminal } from '@/core/run/types';
import { shownStatus } from './choose-step';
import { pathWithin, refsOf, type ShownRun } from './iterations';
import type { DrawnSteps } from './run-context';
import { stepTookMs } from './timeline-geometry';
import type { LoopView, RunView, StepView } from './types';

const none: ReadonlySet<string> = new Set();

/**
 * Draws with a memory: a step of which nothing changed keeps its object, so that its card is not painted again.
 * @returns takes the run with one step per id, the steps of its document that undo others, and the chosen iteration
 */
export function createRunDrawing(): (shown: ShownRun, undoing?: ReadonlySet<string>, at?: Iteration) => FlowRunView {
  let before: FlowRunView = { steps: {}, isOver: false };
  return ({ run, tallies }, undoing = none, at = noIteration) => {
    const isOver = isTerminal(run.status);
    const order = undoOrder(run, undoing);
    const steps = run.steps.map((step): [string, StepRunView] => {
      const place = order.get(step.id);
      const tally = tallies.get(step.id);
      const drawn = {
        ...(tally === undefined ? drawStep(step, isOver) : drawTally(tally, isOver, undoing.has(step.id))),
        ...(place === undefined ? {} : { undoOrder: place }),
        ...(step.loop === undefined ? {} : drawLoop(step.id, step.loop, at)),
      };
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

/** Which iteration is drawn inside the loops. */
export interface Iteration {
  readonly path: string;
  readonly loopsAround: DrawnSteps['loopsAround'];
}

const noIteration: Iteration = { path: '', loopsAround: () => [] };

function drawLoop(stepId: string, loop: LoopView, { path, loopsAround }: Iteration): Partial<StepRunView> {
  const around = [...loopsAround(stepId), stepId];
  const refs = refsOf(pathWithin(path, around));
  const chosen = refs.length === around.length ? refs.at(-1)?.index : undefined;
  return { loop, ...(chosen === undefined ? {} : { iteration: chosen }) };
}

/** What undoes another step is compensation, not progress. */
const asUndoing = (status: StepView['status']): StepView['status'] =>
  status === 'succeeded' ? 'compensated' : status === 'running' ? 'compensating' : status;

/** The most telling of its statuses colours the card; what it has not come to yet says nothing. */
function drawTally(tally: StepTally, isOver: boolean, isUndoing: boolean): StepRunView {
  const merged = new Map<StepView['status'], number>();
  for (const { status, count } of tally.counts) {
    const own = shownStatus({ status }, isOver);
    const as = isUndoing ? asUndoing(own) : own;
    merged.set(as, (merged.get(as) ?? 0) + count);
  }
  const shown = [...merged].map(([status, count]) => ({ status, count }));
  const status = shown[0]?.status ?? (isOver && tally.isWhole ? 'skipped' : 'pending');
  return { status, port: null, attempts: 0, tookMs: null, tally: { ...tally, counts: shown } };
}

const isSame = (a: StepRunView, b: StepRunView): boolean =>
  a.status === b.status &&
  a.port === b.port &&
  a.attempts === b.attempts &&
  a.tookMs === b.tookMs &&
  a.undoOrder === b.undoOrder &&
  a.iteration === b.iteration &&
  JSON.stringify([a.loop, a.tally]) === JSON.stringify([b.loop, b.tally]);

/** In which order the steps that undo began; of those of the same millisecond, what undoes the later step is drawn later. */
function undoOrder(run: RunView, undoing: ReadonlySet<string>): ReadonlyMap<string, number> {
  const begun = run.steps.flatMap(({ id, startedAt }, index) =>
    undoing.has(id) && startedAt !== null ? [{ id, index, startedMs: Date.parse(startedAt) }] : [],
  );
  begun.sort((a, b) => a.startedMs - b.startedMs || b.index - a.index);
  return new Map(begun.map(({ id }, at) => [id, at + 1]));
}
