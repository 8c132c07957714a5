'use client';

/** The filter for what one run started. It comes from the page of that run; there is nothing to choose. */
import Link from 'next/link';
import { FilterChip } from '@/components/ui/filters';
import { shortRunId } from './run-id';

export const ParentFilter = ({ runId, onClear }: { readonly runId: string; readonly onClear: () => void }) => (
  <FilterChip label="Started by" value={shortRunId(runId)} onClear={onClear}>
    <p className="small-text">
      Runs that{' '}
      <Link className="link" href={`/runs/${runId}`}>
        run <code>{shortRunId(runId)}</code>
      </Link>{' '}
      started.
    </p>
  </FilterChip>
);
