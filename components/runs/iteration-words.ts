/**
 * Single iterations of a loop in words: how one stands, how long it took, what its item is, and which of them failed. Pure.
 * Refuses to count what it was not told: a loop that goes on names its failures only when it is over.
 */
import { summarise } from '@/components/inspector/preview';
import type { Status } from '@/components/ui/status';
import { toMs } from '@/components/ui/time';
import { isPlainObject, type JsonValue } from '@/core/json';
import { shownStatus } from './choose-step';
import type { IterationView, StepView } from './types';

export interface IterationStanding {
  /** Whose colour and icon it has. */
  readonly status: Status;
  readonly word: string;
}

/** @param isOver whether the loop has ended, so that what has not begun never will */
export function standingOf({ status }: Pick<IterationView, 'status'>, isOver: boolean): IterationStanding {
  switch (status) {
    case 'pending':
      return isOver ? { status: 'skipped', word: 'not begun' } : { status: 'pending', word: 'not yet' };
    case 'running':
      return isOver ? { status: 'unknown', word: 'cut off' } : { status, word: 'under way' };
    case 'compensated':
      return { status, word: 'failed and undone' };
    case 'undone':
      return { status: 'compensated', word: 'undone later' };
    case 'compensating':
    case 'succeeded':
    case 'failed':
      return { status, word: status === 'compensating' ? 'being undone' : status };
    default:
      return status satisfies never;
  }
}

/** From its beginning to the end of its last step, in milliseconds; null while it goes on, and where nobody knows. */
export function iterationTookMs({ status, startedAt, steps }: IterationView): number | null {
  if (startedAt === null || status === 'running' || status === 'compensating') return null;
  const ends = steps.flatMap(({ finishedAt }) => finishedAt ?? []);
  return ends.length === 0 ? null : Math.max(...ends.map(toMs)) - toMs(startedAt);
}

/** What went wrong in an iteration itself: one that succeeded and was undone later did nothing wrong. */
export const ownError = ({ status, error }: Pick<IterationView, 'status' | 'error'>): IterationView['error'] =>
  status === 'undone' ? null : error;

/** One line of an item. */
export const itemExcerpt = (item: JsonValue): string => summarise(item).text;

export interface Failure {
  readonly index: number;
  readonly message: string;
  readonly isUndone: boolean;
}

/** The iterations that failed, as far as the loop says: all of one that went on, of one that stopped the first. */
export function failuresOf({ output, error }: Pick<StepView, 'output' | 'error'>): Failure[] {
  const errors = isPlainObject(output) && Array.isArray(output.errors) ? output.errors : [];
  const listed = errors.flatMap((entry): Failure[] => {
    if (!isPlainObject(entry) || typeof entry.index !== 'number') return [];
    return [{ index: entry.index, message: String(entry.message ?? ''), isUndone: entry.compensated === true }];
  });
  const index = error?.details?.index;
  if (listed.length > 0 || error === null || typeof index !== 'number') return listed;
  return [{ index, message: error.message, isUndone: false }];
}

/** The step of an iteration that tells most: the one that failed, else the one under way, else the last that ended. */
export function stepOfIteration(steps: readonly StepView[], isOver: boolean): StepView | undefined {
  const has = (...statuses: StepView['status'][]) =>
    steps.find((step) => statuses.includes(shownStatus(step, isOver)) && step.port === null);
  const ended = steps.filter(({ finishedAt }) => finishedAt !== null);
  return has('failed', 'unknown') ?? has('running', 'waiting') ?? ended.at(-1) ?? steps[0];
}
