'use client';

/** What the code of a step printed, line by line with its level. The level is a word: colour alone tells nobody. */
import styles from './run-page.module.css';
import type { AttemptView } from './types';

export type PrintedLine = NonNullable<AttemptView['logs']>[number];

export function PrintedLines({ lines }: { lines: readonly PrintedLine[] }) {
  // Two lines may read the same; what tells them apart is their place.
  const numbered = lines.map((line, n) => ({ ...line, n }));
  return (
    <ol className={styles.printed} aria-label="Printed lines">
      {numbered.map((line) => (
        <li key={line.n} data-level={line.level}>
          <span className="faint">{line.level}</span>
          <code>{line.text}</code>
        </li>
      ))}
    </ol>
  );
}
