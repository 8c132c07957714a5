'use client';

/** What a settings list shows while it is not there: grey rows, or what failed and the way to try again. */
import type { ReactNode } from 'react';
import { Button } from '@/components/ui/button';
import { ErrorState, LoadingRows } from '@/components/ui/states';
import styles from './settings.module.css';

export interface ListStateProps {
  /** What is listed: "API keys". */
  name: string;
  query: { readonly isPending: boolean; readonly error: unknown; readonly isFetching: boolean; refetch: () => unknown };
  /** The rest of a long list. */
  more?: { readonly hasNextPage: boolean; readonly isFetchingNextPage: boolean; fetchNextPage: () => unknown };
  children: ReactNode;
}

/** A list that is there stays on the screen when asking for it again fails; the fault stands above it. */
export function ListState({ name, query, more, children }: ListStateProps) {
  const isThere = !query.isPending && (query.error === null || children !== null);
  return (
    <>
      {query.error !== null && (
        <div className={styles.failed}>
          <ErrorState
            error={query.error}
            title={`The ${name} could not be loaded`}
            onRetry={() => void query.refetch()}
            isRetrying={query.isFetching}
          />
        </div>
      )}
      {query.isPending && <LoadingRows label={`Loading ${name}`} />}
      {isThere && children}
      {more?.hasNextPage && (
        <div className={styles.more}>
          <Button small busy={more.isFetchingNextPage} onClick={() => void more.fetchNextPage()}>
            Show more
          </Button>
        </div>
      )}
    </>
  );
}
