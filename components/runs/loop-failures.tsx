'use client';

/** The iterations of a loop that failed, as the loop says itself when it is over. Drawn in pieces: there may be thousands. */
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { formatCount } from '@/components/ui/time';
import type { Failure } from './iteration-words';
import styles from './loops.module.css';

/** More rows at once freeze the page for a visible moment. */
const shownAtOnce = 100;

export function LoopFailures({
  failures,
  onChoose,
}: {
  failures: readonly Failure[];
  onChoose: (index: number) => void;
}) {
  const [shown, setShown] = useState(shownAtOnce);
  return (
    <>
      <ol className={styles.acrossList} aria-label="Iterations that failed">
        {failures.slice(0, shown).map(({ index, message, isUndone }) => (
          <li key={index}>
            <button type="button" onClick={() => onChoose(index)}>
              <b>
                <span className="sr">Iteration </span>
                {formatCount(index)}
              </b>
              <span className={styles.said}>{message}</span>
              {isUndone && <span className="faint">undone</span>}
            </button>
          </li>
        ))}
      </ol>
      {failures.length > shown && (
        <Button small variant="ghost" onClick={() => setShown(shown + shownAtOnce)}>
          Show more of {formatCount(failures.length)}
        </Button>
      )}
    </>
  );
}
