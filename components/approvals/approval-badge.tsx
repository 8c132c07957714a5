'use client';

/** How many approvals ask the person, beside the word in the navigation. Nothing waits: nothing is shown. */
import { useApprovalCount } from './use-approvals';

export function ApprovalBadge({ id }: { id: string }) {
  const known = useApprovalCount();
  if (known === null || known.count === 0) return null;
  const { count, isAll } = known;
  return (
    <span className="count" id={id} title={`${isAll ? count : `More than ${count}`} waiting for an answer`}>
      {count}
      {isAll ? '' : '+'}
      <span className="sr"> waiting for an answer</span>
    </span>
  );
}
