/** The two shapes of a settings page: panels with forms in one column, and a list with one sentence above it. */
import type { ReactNode } from 'react';
import styles from './settings.module.css';

export const SettingsColumn = ({ children }: { children: ReactNode }) => (
  <div className={styles.column}>{children}</div>
);

export function SettingsPanel({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="panel" aria-label={title}>
      <header>
        <h2 className={styles.title}>{title}</h2>
      </header>
      <div className={styles.body}>{children}</div>
    </section>
  );
}

/** Above a list: what these things are for, and the way to make one. */
export function SettingsBar({ says, action }: { says: ReactNode; action?: ReactNode }) {
  return (
    <div className={styles.bar}>
      <p>{says}</p>
      {action}
    </div>
  );
}
