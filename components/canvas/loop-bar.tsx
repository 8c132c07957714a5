/**
 * How far a loop has come, as one bar with a part for each way an iteration can stand, and the same in words. Refuses
 * colour alone: whoever shows the bar shows the words or leaves them to be heard.
 */
import { type Status, statusClass } from '@/components/ui/status';
import { formatCount } from '@/components/ui/time';
import type { LoopProgress } from './run-view';

export interface LoopPart {
  /** Whose colour and icon it has. */
  readonly status: Status;
  /** "failed and undone" */
  readonly word: string;
  readonly count: number;
}

/** The parts of a loop that are not empty, settled ones first; what has not begun is last. */
export const partsOf = (loop: LoopProgress): LoopPart[] =>
  (
    [
      { status: 'succeeded', word: 'succeeded', count: loop.succeeded },
      { status: 'failed', word: 'failed', count: loop.failed },
      { status: 'compensated', word: 'failed and undone', count: loop.compensated },
      { status: 'compensated', word: 'succeeded and later undone', count: loop.undone },
      { status: 'running', word: 'under way', count: loop.running },
      { status: 'pending', word: 'not begun', count: Math.max(0, loop.total - endedOf(loop) - loop.running) },
    ] as const satisfies readonly LoopPart[]
  ).filter(({ count }) => count > 0);

/** Iterations that are over. */
export const endedOf = ({ succeeded, failed, compensated, undone }: LoopProgress): number =>
  succeeded + failed + compensated + undone;

/** "24 succeeded, 1 failed of 25". */
export function loopWords(loop: LoopProgress): string {
  if (loop.total === 0) return 'The list is empty: nothing to do';
  const parts = partsOf(loop).map(({ word, count }) => `${formatCount(count)} ${word}`);
  return `${parts.join(', ')} of ${formatCount(loop.total)}`;
}

export function LoopBar({ loop }: { loop: LoopProgress }) {
  return (
    <div className="loop-bar" role="img" aria-label={loopWords(loop)}>
      {partsOf(loop).map(({ status, word, count }) => (
        <span key={word} className={statusClass(status)} style={{ flexGrow: count }} />
      ))}
    </div>
  );
}
