/**
 * Where a person is in the loops of a run, and what that leaves to be seen: one step per id, those of the chosen iteration
 * as they were in it, and of the others in how many iterations they stand how. Pure. Refuses to guess about iterations
 * that the run was not sent with: of a long loop they are asked for one by one.
 */
import type { StepTally } from '@/components/canvas/run-view';
import { type IterationRef, iterationText, joinPath, noPath, splitPath } from '@/core/run/iteration-path';
import type { StepStatus } from '@/core/run/types';
import type { DrawnSteps } from './run-context';
import type { LoopView, RunView, StepView } from './types';

/** A step with the iteration it is meant in. */
export interface StepPlace {
  readonly stepId: string;
  /** Empty for the run itself. */
  readonly path: string;
}

/** The iterations of a path, the outermost first; none of what is no path. */
export function refsOf(path: string): IterationRef[] {
  const refs: IterationRef[] = [];
  for (let at = splitPath(path); at !== null; at = splitPath(at.rest)) refs.push(at.head);
  return refs;
}

export const pathOf = (refs: readonly IterationRef[]): string => refs.map(iterationText).reduce(joinPath, noPath);

/** Every iteration of a path with the path it stands in: of `a[1]/b[2]` first `a[1]`, then `b[2]` in `a[1]`. */
export const levelsOf = (
  path: string,
): { readonly ref: IterationRef; readonly outer: string; readonly path: string }[] =>
  refsOf(path).map((ref, at, refs) => ({ ref, outer: pathOf(refs.slice(0, at)), path: pathOf(refs.slice(0, at + 1)) }));

/** What of a path holds for a step inside these loops: as many of its iterations as lead to them. */
export function pathWithin(path: string, loops: readonly string[]): string {
  const refs = refsOf(path);
  const fitting = loops.findIndex((loop, at) => refs[at]?.stepId !== loop);
  return pathOf(refs.slice(0, fitting < 0 ? loops.length : fitting));
}

/** A path as far as it leads through loops that are drawn so. */
export function validPath(path: string, steps: Pick<DrawnSteps, 'isLoop' | 'loopsAround'>): string {
  const refs = refsOf(path);
  const isDrawn = refs.every(({ stepId }, at) => {
    const around = refs.slice(0, at).map((ref) => ref.stepId);
    return steps.isLoop(stepId) && steps.loopsAround(stepId).join() === around.join();
  });
  return isDrawn ? pathOf(refs) : noPath;
}

/** A step in the iteration it is meant in: as the run was sent, or as it was asked for. */
export const stepAt = (steps: readonly StepView[], { stepId, path }: StepPlace): StepView | undefined =>
  steps.find((step) => step.id === stepId && (step.path ?? noPath) === path);

export interface ShownRun {
  /** With one step per id. */
  readonly run: RunView;
  /** Of steps in loops of which no iteration is chosen. */
  readonly tallies: ReadonlyMap<string, StepTally>;
}

/**
 * @param path the chosen iteration; empty for none
 * @param asked steps of iterations that were asked for, each with its path
 */
export function shownRun(
  run: RunView,
  path: string,
  asked: readonly StepView[],
  steps: Pick<DrawnSteps, 'loopsAround'>,
): ShownRun {
  const known = [...run.steps, ...asked];
  const tallies = new Map<string, StepTally>();
  const own = run.steps.filter((step) => step.path === undefined);
  if (own.length === run.steps.length && own.every(({ id }) => steps.loopsAround(id).length === 0)) {
    return { run, tallies };
  }
  const inside = stepsByPlace(known);
  const shown = own.map((step): StepView => {
    const loops = steps.loopsAround(step.id);
    if (loops.length === 0) return step;
    const within = pathWithin(path, loops);
    if (refsOf(within).length === loops.length) {
      return inside.get(joinPath(within, step.id)) ?? { ...step, path: within };
    }
    tallies.set(step.id, tallyOf(known, step.id, within, loops));
    return step;
  });
  return { run: { ...run, steps: shown }, tallies };
}

const stepsByPlace = (steps: readonly StepView[]): ReadonlyMap<string, StepView> =>
  new Map(steps.flatMap((step) => (step.path === undefined ? [] : [[joinPath(step.path, step.id), step]])));

/** From what a person must see to what goes without saying. */
const telling: readonly StepStatus[] = [
  'unknown',
  'failed',
  'running',
  'waiting',
  'compensating',
  'compensated',
  'succeeded',
  'cancelled',
  'skipped',
  'pending',
];

const underWay: ReadonlySet<StepStatus> = new Set(['unknown', 'running', 'waiting', 'compensating']);

function tallyOf(steps: readonly StepView[], stepId: string, within: string, loops: readonly string[]): StepTally {
  const counts = new Map<StepStatus, number>();
  const ports = new Set<string>();
  const isWhole = steps.every((step) => !loops.includes(step.id) || step.loop === undefined || isShort(step.loop));
  for (const step of steps) {
    if (step.id !== stepId || step.path === undefined || !isWithin(step.path, within)) continue;
    // How many did what in a long loop is not known; only those that are at the step now are.
    if (!isWhole && !underWay.has(step.status)) continue;
    counts.set(step.status, (counts.get(step.status) ?? 0) + 1);
    if (step.port !== null && isWhole) ports.add(step.port);
  }
  return {
    counts: telling.flatMap((status) => {
      const count = counts.get(status);
      return count === undefined ? [] : [{ status, count }];
    }),
    ports: [...ports],
    isWhole,
  };
}

const isWithin = (path: string, outer: string): boolean => outer === noPath || path.startsWith(`${outer}/`);

/** As many iterations as a run is sent with. */
const sentIterations = 50;
/** Whether a run is sent with all iterations of this loop. */
export const isShort = ({ begun }: Pick<LoopView, 'begun'>): boolean => begun <= sentIterations;

/** Whether every loop around the step failed, so that its failure may be what ended the run. */
export function haveLoopsFailed(run: Pick<RunView, 'steps'>, { path }: Pick<StepView, 'path'>): boolean {
  return levelsOf(path ?? noPath).every(({ ref, outer }) => {
    const loop = stepAt(run.steps, { stepId: ref.stepId, path: outer });
    return loop !== undefined && loop.status !== 'succeeded' && loop.port === null;
  });
}

type NameOf = (stepId: string) => string;

/** "Iteration 3 of Order lines"; of a loop in a loop the outer one first. @returns null for the run itself */
export function pathWords(path: string, nameOf: NameOf): string | null {
  const text = innerWords(path, nameOf);
  return text === '' ? null : `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`;
}

const innerWords = (path: string, nameOf: NameOf): string =>
  refsOf(path)
    .map(({ stepId, index }) => `iteration ${index} of ${nameOf(stepId)}`)
    .join(', ');

/** "Charge card in iteration 3 of Order lines". */
export const placeName = ({ stepId, path }: StepPlace, nameOf: NameOf): string =>
  path === noPath ? nameOf(stepId) : `${nameOf(stepId)} in ${innerWords(path, nameOf)}`;
