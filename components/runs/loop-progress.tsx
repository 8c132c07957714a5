'use client';

/** How far a loop has come: one bar, and every part of it as a count with its word. Refuses to say it by colour alone. */
import { LoopBar, partsOf } from '@/components/canvas/loop-bar';
import { Icon } from '@/components/ui/icon';
import { statusClass, statusIcon } from '@/components/ui/status';
import { formatCount } from '@/components/ui/time';
import styles from './loops.module.css';
import type { LoopView } from './types';

export function LoopProgress({ loop }: { loop: LoopView }) {
  return (
    <div className={styles.progress}>
      <LoopBar loop={loop} />
      <ul className={styles.parts} aria-label="Iterations by status">
        {partsOf(loop).map(({ word, status, count }) => (
          <li key={word} className={statusClass(status)}>
            <Icon name={statusIcon[status]} small />
            <b>{formatCount(count)}</b> {word}
          </li>
        ))}
      </ul>
      <p className={styles.how}>
        {formatCount(loop.total)} {loop.total === 1 ? 'item' : 'items'},{' '}
        {loop.concurrency === 1 ? 'one after the other' : `${loop.concurrency} at a time`};{' '}
        {loop.onError === 'continue' ? 'goes on after a failure' : 'stops at the first failure and undoes the others'}
      </p>
    </div>
  );
}
