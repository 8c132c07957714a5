'use client';

/**
 * What a step of a run asked a person: whom, since when and until when, with the way to answer; or who answered what, and
 * when. Refuses to answer here: the page of approvals shows all there is to know.
 */
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTRPC } from '@/components/trpc/provider';
import { ButtonLink } from '@/components/ui/button';
import { Icon } from '@/components/ui/icon';
import { Timestamp } from '@/components/ui/timestamp';
import { ApprovalStatus } from './approval-status';
import { answererWords, askedWords, closedWords, doorWords } from './approval-words';
import styles from './approvals.module.css';
import { Due } from './due';
import type { ApprovalSummary } from './types';

export interface StepApprovalProps {
  readonly runId: string;
  readonly stepId: string;
  /** The iteration the step is in; empty for none. */
  readonly path: string;
  /** Of the step: when it changes, so may the answer. */
  readonly stepStatus: string;
}

/** Approvals of one run that are looked through; a loop may ask more, and then each is found by its own page. */
const limit = 200;

export function StepApproval({ runId, stepId, path, stepStatus }: StepApprovalProps) {
  const trpc = useTRPC();
  const { data, refetch } = useQuery(trpc.approvals.list.queryOptions({ run: runId, limit }));
  // biome-ignore lint/correctness/useExhaustiveDependencies: what the step became says that the answer may be there
  useEffect(() => void refetch(), [stepStatus, refetch]);
  const asked = data?.items.find((one) => one.stepId === stepId && one.path === path);
  if (asked === undefined) return null;
  return (
    <section className={styles.ofStep} aria-label="What was asked">
      <ApprovalStatus status={asked.status} />
      <b>{asked.title}</b>
      {asked.status === 'open' ? <Waiting approval={asked} /> : <Over approval={asked} />}
    </section>
  );
}

function Waiting({ approval }: { approval: ApprovalSummary }) {
  return (
    <>
      <span className="muted">
        asks {askedWords(approval)}, since <Timestamp at={approval.askedAt} format="date" />
      </span>
      {approval.dueAt !== null && <Due at={approval.dueAt} whole />}
      <span className="push">
        <ButtonLink small variant="primary" icon="approval" href={`/approvals?show=all&open=${approval.id}`}>
          Answer…
        </ButtonLink>
      </span>
    </>
  );
}

function Over({ approval }: { approval: ApprovalSummary }) {
  const { status, answeredAt, answeredBy, comment } = approval;
  return (
    <>
      {answeredAt !== null && answeredBy !== null && (
        <span className="muted">
          by {answererWords(approval)}, {doorWords[answeredBy.via]}, <Timestamp at={answeredAt} format="date" />
        </span>
      )}
      {(status === 'expired' || status === 'withdrawn') && <span className="muted">{closedWords[status]}</span>}
      {comment !== null && (
        <span>
          <Icon name="note" small /> {comment}
        </span>
      )}
      <span className="push">
        <ButtonLink small href={`/approvals?show=answered&open=${approval.id}`}>
          Show
        </ButtonLink>
      </span>
    </>
  );
}
