'use client';

/** The foot of a list: what is shown, and the way to newer and older rows. Keyset paging, so there are no page numbers. */
import type { ReactNode } from 'react';
import { Button } from './button';

export interface PagerProps {
  /** "Newest first, 12:44:06 back to 12:38:51" */
  summary?: ReactNode;
  /** Shown as "50 a page". */
  pageSize?: number;
  /** Absent: there is nothing newer. */
  onNewer?: () => void;
  /** Absent: there is nothing older. */
  onOlder?: () => void;
  isBusy?: boolean;
}

export function Pager({ summary, pageSize, onNewer, onOlder, isBusy = false }: PagerProps) {
  return (
    <footer className="pager">
      <span>{summary}</span>
      <div className="bar push">
        {pageSize !== undefined && <span>{pageSize} a page</span>}
        <Button small icon="left" disabled={!onNewer || isBusy} onClick={onNewer}>
          Newer
        </Button>
        <Button small iconAfter="right" disabled={!onOlder || isBusy} onClick={onOlder}>
          Older
        </Button>
      </div>
    </footer>
  );
}
