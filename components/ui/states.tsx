'use client';

/**
 * The states of a page besides full: empty (teaches, with an example one press away), failed (what, why, what to do)
 * and loading (the shape of what is coming). Refuses a spinner in the middle of nothing.
 */
import type { ReactNode } from 'react';
import { Button } from './button';
import { classes } from './classes';
import { Icon, type IconName } from './icon';
import { describeProblem } from './problem';

export interface EmptyStateProps {
  icon?: IconName;
  title: string;
  /** What lives here and why one would want it: one or two sentences. */
  children: ReactNode;
  /** The one thing to do first, then at most one other. */
  actions?: ReactNode;
  /** One example: a command to copy, a picture. Under the actions. */
  example?: ReactNode;
  className?: string;
}

export function EmptyState({ icon, title, children, actions, example, className }: EmptyStateProps) {
  return (
    <section className={classes('panel empty-state', className)}>
      {icon && <Icon name={icon} />}
      <h2>{title}</h2>
      <p>{children}</p>
      {actions && <div className="bar">{actions}</div>}
      {example}
    </section>
  );
}

export interface ErrorStateProps {
  /** Whatever was thrown or returned; problem documents and tRPC errors are understood. */
  error: unknown;
  /** Instead of the general title: "The runs could not be loaded". */
  title?: string;
  /** What the person can do, when the code alone does not say. */
  advice?: ReactNode;
  onRetry?: () => void;
  isRetrying?: boolean;
  actions?: ReactNode;
  className?: string;
}

export function ErrorState({ error, title, advice, onRetry, isRetrying, actions, className }: ErrorStateProps) {
  const problem = describeProblem(error);
  const said = advice ?? problem.advice;
  return (
    <section className={classes('notice is-failed error-state', className)} role="alert">
      <Icon name="error" />
      <div className="say">
        <strong>{title ?? problem.title}</strong>
        <p>{problem.message}</p>
        {said && <p>{said}</p>}
        {problem.code && (
          <p className="faint">
            Code <code>{problem.code}</code>
          </p>
        )}
        {problem.faults.length > 0 && (
          <ul>
            {problem.faults.map((fault) => (
              <li key={`${fault.pointer} ${fault.code} ${fault.message}`}>
                <code>{fault.pointer || '/'}</code> {fault.message}
              </li>
            ))}
          </ul>
        )}
      </div>
      <div className="bar">
        {actions}
        {onRetry && (
          <Button small icon="retry" busy={isRetrying} onClick={onRetry}>
            Try again
          </Button>
        )}
      </div>
    </section>
  );
}

export interface NoticeProps {
  /** A status role colours it; without one it is neutral. */
  role?: 'failed' | 'waiting' | 'compensating' | 'blocked' | 'succeeded' | 'running';
  icon: IconName;
  title: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
  className?: string;
}

/** One sentence above the picture that says why, with the action beside it. */
export function Notice({ role, icon, title, children, actions, className }: NoticeProps) {
  return (
    <div className={classes('notice', role && `is-${role}`, className)}>
      <Icon name={icon} />
      <div className="say">
        <strong>{title}</strong>
        {children && <p>{children}</p>}
      </div>
      {actions && <div className="bar">{actions}</div>}
    </div>
  );
}

/** Grey rows of the height of real ones, so that nothing jumps when they arrive. */
export function LoadingRows({ rows = 8, label = 'Loading' }: { rows?: number; label?: string }) {
  return (
    <div role="status" aria-label={label}>
      {Array.from({ length: rows }, (_, index) => `row ${index}`).map((key, index) => (
        <div key={key} className="skeleton-row">
          <Skeleton width={`${14 + ((index * 7) % 9)}%`} />
          <Skeleton width={`${22 + ((index * 5) % 14)}%`} />
          <Skeleton width={`${10 + ((index * 3) % 8)}%`} />
        </div>
      ))}
    </div>
  );
}

export function Skeleton({ width = '100%', className }: { width?: string; className?: string }) {
  return <span className={classes('skeleton', className)} style={{ width }} />;
}
