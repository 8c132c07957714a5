/** The page around the forms of people who are not signed in yet: the mark, one title, one column. */
import type { ReactNode } from 'react';
import { Mark } from '@/components/frame/mark';
import styles from './auth-page.module.css';

export interface AuthPageProps {
  title: string;
  /** One or two sentences under the title. */
  says?: ReactNode;
  children: ReactNode;
  /** What helps when the form does not. */
  foot?: ReactNode;
}

export function AuthPage({ title, says, children, foot }: AuthPageProps) {
  return (
    <main className={styles.page}>
      <div className={styles.column}>
        <div className={styles.brand}>
          <Mark />
          <b>Headrace</b>
        </div>
        <section className={styles.panel} aria-labelledby="auth-title">
          <h1 id="auth-title">{title}</h1>
          {says && <p className="muted">{says}</p>}
          {children}
        </section>
        {foot && <div className={styles.foot}>{foot}</div>}
      </div>
    </main>
  );
}
