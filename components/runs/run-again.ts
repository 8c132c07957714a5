/**
 * What doing a run again would mean, in the words and marks of a preview: which outputs stand and where they come from,
 * what acts again and why, what no way leads to. Pure. Refuses to decide: the server says what belongs where.
 */
import type { RouterOutputs } from '@/components/trpc/types';
import { formatCount } from '@/components/ui/time';
import type { DrawnSteps } from './run-context';
import { shortRunId } from './run-id';
import type { RunView, StepView } from './types';

export type AgainPreview = RouterOutputs['runs']['previewRerun'];
export type AgainMode = 'retry' | 'rerun';

export interface PreviewStep {
  readonly id: string;
  readonly name: string;
  /** Why it stands there; empty when the heading says it all. */
  readonly note: string;
}

export interface PreviewGroup {
  readonly key: 'reused' | 'executed' | 'skipped';
  readonly title: string;
  readonly explains: string;
  readonly steps: readonly PreviewStep[];
}

type Names = Pick<DrawnSteps, 'nameOf' | 'undoesOf'>;

/** @param steps of the version that would be executed */
export function previewGroups(preview: AgainPreview, run: RunView, steps: Names): PreviewGroup[] {
  const before = new Map(run.steps.flatMap((step) => (step.path === undefined ? [[step.id, step]] : [])));
  const forward = (ids: readonly string[]): string[] => ids.filter((id) => steps.undoesOf(id) === null);
  const list = (ids: readonly string[], noteOf: (id: string) => string): PreviewStep[] =>
    forward(ids).map((id) => ({ id, name: steps.nameOf(id), note: noteOf(id) }));
  return [
    {
      key: 'reused',
      title: 'Reused',
      explains: preview.reused.length === 0 ? 'Nothing of this run stands.' : 'Not executed: what they gave stands.',
      steps: list(preview.reused, (id) => reusedNote(id, run, before.get(id))),
    },
    {
      key: 'executed',
      title: 'Executed again',
      explains: 'They act on the world as in any run, as far as the way leads to them.',
      steps: list(preview.executed, (id) =>
        id === run.trigger.stepId
          ? 'an event with other data'
          : [executedNote(before.get(id), preview.sameKey.includes(id)), loopNote(preview, id)]
              .filter(Boolean)
              .join('; '),
      ),
    },
    {
      key: 'skipped',
      title: 'Skipped',
      explains: 'No way leads to them.',
      steps: list(preview.skipped, () => ''),
    },
  ];
}

const reusedNote = (id: string, run: RunView, step: StepView | undefined): string => {
  if (id === run.trigger.stepId) return 'the same event';
  return `from ${step?.reusedFrom === undefined ? 'this run' : `run ${shortRunId(step.reusedFrom)}`}`;
};

/** What stands of a loop: "24 iterations stand, 1 goes on where it was". */
function loopNote({ loops }: AgainPreview, id: string): string {
  const loop = loops.find(({ stepId }) => stepId === id);
  if (loop === undefined) return '';
  const { reused, resumed } = loop;
  const words = [
    ...(reused === 0 ? [] : [`${formatCount(reused)} ${reused === 1 ? 'iteration stands' : 'iterations stand'}`]),
    ...(resumed === 0
      ? []
      : [
          `${formatCount(resumed)} ${resumed === 1 ? 'goes' : 'go'} on where ${resumed === 1 ? 'it was' : 'they were'}`,
        ]),
  ];
  return words.join(', ');
}

function executedNote(step: StepView | undefined, isKeyKept: boolean): string {
  if (isKeyKept) return 'its outcome is unknown: the same key goes with it';
  switch (step?.status) {
    case undefined:
      return 'new in this version';
    case 'compensated':
      return 'was compensated';
    case 'failed':
      return 'failed';
    case 'succeeded':
      return 'succeeded before';
    case 'cancelled':
      return 'was given up';
    default:
      return 'did not run';
  }
}

/**
 * The run as the canvas would show it if it were done again: what stands is green, what acts again has not happened
 * yet, the rest is skipped. Steps the preview does not speak of, which undo others, have not happened either.
 */
export function previewedRun(run: RunView, preview: AgainPreview): RunView {
  // Which iterations stand is a number in the preview; none of them is drawn.
  const own = run.steps.filter(({ path }) => path === undefined);
  const steps = own.map(({ loop: _, ...step }): StepView => {
    if (preview.reused.includes(step.id)) return { ...step, status: 'succeeded' };
    const status = preview.skipped.includes(step.id) ? 'skipped' : 'pending';
    return { ...step, status, port: null, attempts: [], startedAt: null, finishedAt: null };
  });
  return { ...run, status: 'queued', steps };
}

/** Which version to execute, as the form holds it: a word, or a number as text. */
export function versionChoice(value: string): 'same' | 'live' | number {
  return value === 'same' || value === 'live' ? value : Number(value);
}

/** Whether a run can be retried: it ended, and not by succeeding. */
export const canRetry = ({ status }: Pick<RunView, 'status'>): boolean =>
  status === 'failed' || status === 'compensated' || status === 'cancelled' || status === 'terminated';
