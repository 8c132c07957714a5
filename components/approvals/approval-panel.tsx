'use client';

/**
 * One approval beside the list: what is asked, since when and until when, and the answer: to be given, or who gave it. When
 * somebody else answers meanwhile, it says so and keeps nothing back.
 */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import { RunId } from '@/components/runs/run-id';
import { problemOf } from '@/components/trpc/failure';
import { useTRPC } from '@/components/trpc/provider';
import { IconButton } from '@/components/ui/button';
import { Facts } from '@/components/ui/facts';
import { Icon } from '@/components/ui/icon';
import { JsonView } from '@/components/ui/json-view';
import { ErrorState, LoadingRows, Notice } from '@/components/ui/states';
import { Timestamp } from '@/components/ui/timestamp';
import { AnswerForm } from './answer-form';
import { ApprovalStatus } from './approval-status';
import { answererWords, askedWords, closedWords, doorWords, looks } from './approval-words';
import styles from './approvals.module.css';
import { Due } from './due';
import { LinkMaker } from './link-maker';
import type { ApprovalView } from './types';

export interface ApprovalPanelProps {
  readonly approvalId: string;
  readonly onClose: () => void;
}

export function ApprovalPanel({ approvalId, onClose }: ApprovalPanelProps) {
  const trpc = useTRPC();
  const approval = useQuery(trpc.approvals.get.queryOptions({ approvalId }));
  return (
    <section className={styles.panel} aria-label="Approval">
      <header>
        {approval.data !== undefined && <ApprovalStatus status={approval.data.status} chip />}
        <span className="push">
          <IconButton icon="close" small label="Close" onClick={onClose} />
        </span>
      </header>
      <div className={styles.body}>
        {approval.error !== null && (
          <ErrorState
            error={approval.error}
            title="The approval could not be loaded"
            onRetry={() => void approval.refetch()}
            isRetrying={approval.isFetching}
          />
        )}
        {approval.isPending && <LoadingRows rows={5} label="Loading the approval" />}
        {approval.data !== undefined && <Shown approval={approval.data} />}
      </div>
    </section>
  );
}

function Shown({ approval }: { approval: ApprovalView }) {
  const { title, description, flowId, flowName, runId, stepId, path, askedAt, dueAt, status } = approval;
  const isOpen = status === 'open';
  return (
    <>
      <h2 className={styles.title}>{title}</h2>
      {description !== null && <p className={styles.description}>{description}</p>}
      <Facts
        facts={[
          {
            name: 'Flow',
            value: (
              <Link className="link" href={`/flows/${flowId}`} prefetch={false}>
                {flowName}
              </Link>
            ),
          },
          {
            name: 'Run',
            value: (
              <Link className="link" href={`/runs/${runId}?step=${encodeURIComponent(stepId)}`} prefetch={false}>
                <RunId id={runId} />
              </Link>
            ),
          },
          { name: 'Iteration', value: path !== '' && <code>{path}</code> },
          { name: 'Asked', value: <Timestamp at={askedAt} format="date" /> },
          {
            name: 'Until',
            value: isOpen ? <Due at={dueAt} whole /> : dueAt !== null && <Timestamp at={dueAt} format="date" />,
          },
          { name: 'Asks', value: <Asked approval={approval} /> },
        ]}
      />
      {isOpen || status === 'approved' || status === 'rejected' ? (
        <Answer key={approval.id} approval={approval} />
      ) : (
        <Notice icon={looks[status].icon} title={closedWords[status]} />
      )}
      {isOpen && approval.mayMakeLinks && <LinkMaker key={`links ${approval.id}`} approval={approval} />}
    </>
  );
}

function Asked({ approval }: { approval: ApprovalView }) {
  const { assignee, assigneeIsMember } = approval;
  return (
    <>
      {askedWords(approval)}
      {assignee !== null && !assigneeIsMember && <span className="muted"> (no member: answers by a link)</span>}
    </>
  );
}

/** The answer: to be given here, or who gave it. Mounted anew for every approval. */
function Answer({ approval }: { approval: ApprovalView }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const answer = useMutation(
    trpc.approvals.answer.mutationOptions({
      onSettled: () => queryClient.invalidateQueries(trpc.approvals.pathFilter()),
    }),
  );
  const [wasOpen] = useState(approval.status === 'open');
  const isOpen = approval.status === 'open' && !answer.isSuccess;
  const isRefused = problemOf(answer.error)?.code.startsWith('approval.') === true;
  if (isOpen && !isRefused) {
    if (approval.mayAnswer === 'no') return <NotYours approval={approval} />;
    return (
      <>
        {approval.mayAnswer === 'asOwner' && (
          <Notice icon="warn" title={`This asks ${approval.assignee}`}>
            You may answer in their place as an owner of the workspace. The audit log says so.
          </Notice>
        )}
        <AnswerForm
          approval={approval}
          isBusy={answer.isPending}
          error={answer.error}
          onAnswer={(given) => answer.mutate({ approvalId: approval.id, ...given })}
        />
      </>
    );
  }
  const shown = answer.data ?? approval;
  return (
    <>
      {(isRefused || wasOpen) && !answer.isSuccess && !answer.isPending && (
        <Notice icon="warn" title="Somebody was there first">
          What you wrote was not sent.
        </Notice>
      )}
      {answer.isSuccess && (
        <p className={styles.decided} role="status">
          <Icon name="check" small /> Your answer counts. The run goes on as soon as a worker takes it.
        </p>
      )}
      <Answered approval={shown} />
    </>
  );
}

function NotYours({ approval }: { approval: ApprovalView }) {
  return approval.assignee === null ? (
    <Notice icon="lock" title="You may read this, not answer it">
      Answering takes the role of an editor or owner.
    </Notice>
  ) : (
    <Notice icon="lock" title={`This asks ${approval.assignee}`}>
      Only they, and owners of the workspace, may answer.
    </Notice>
  );
}

export function Answered({ approval }: { approval: ApprovalView }) {
  const { answeredAt, answeredBy, comment, answer, form, status } = approval;
  if (answeredAt === null || answeredBy === null) return null;
  return (
    <section className={styles.answered} aria-label="The answer">
      <p>
        <ApprovalStatus status={status} /> by <b>{answererWords(approval)}</b>{' '}
        <span className="muted">
          {doorWords[answeredBy.via]}, <Timestamp at={answeredAt} format="date" />
        </span>
      </p>
      {comment !== null && <blockquote>{comment}</blockquote>}
      {form !== null && status === 'approved' && <JsonView title="Answer" value={answer} />}
    </section>
  );
}
