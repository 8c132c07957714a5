'use client';

/** The last run in one line: how it went, which it was, when. Leads to its page. */
import Link from 'next/link';
import { StatusChip } from '@/components/ui/status';
import { Timestamp } from '@/components/ui/timestamp';
import type { LastRunView } from './use-flow-data';

/** A run id is long and begins alike for hours; its end tells runs apart. */
const shownOfId = 12;

export function LastRunLine({ run }: { run: LastRunView | null }) {
  if (run === null) {
    return <span className="faint">Not run yet</span>;
  }
  return (
    <>
      <span className="faint">Last run</span>
      <StatusChip status={run.status} />
      <Link href={`/runs/${run.id}`} title={`Open run ${run.id}`} className="run-link">
        <code>{run.id.slice(-shownOfId)}</code>
      </Link>
      <span className="faint">
        {run.draft ? 'draft' : `v${run.version}`}, <Timestamp at={run.createdAt} />
      </span>
    </>
  );
}
