'use client';

/**
 * A link for somebody without an account: made here, shown once, revoked here. Refuses to show it again: only what proves it
 * is stored.
 */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { messageOf } from '@/components/trpc/failure';
import { useTRPC } from '@/components/trpc/provider';
import { Button } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copy-button';
import { Icon } from '@/components/ui/icon';
import { Timestamp } from '@/components/ui/timestamp';
import styles from './approvals.module.css';
import type { ApprovalView } from './types';

export function LinkMaker({ approval }: { approval: ApprovalView }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const approvalId = approval.id;
  const refresh = () => queryClient.invalidateQueries(trpc.approvals.get.queryFilter({ approvalId }));
  const make = useMutation(trpc.approvals.makeLink.mutationOptions({ onSettled: refresh }));
  const revoke = useMutation(
    trpc.approvals.revokeLinks.mutationOptions({
      onSuccess: () => make.reset(),
      onSettled: refresh,
    }),
  );
  const error = make.error ?? revoke.error;
  return (
    <section className={styles.links} aria-labelledby="links-title">
      <h3 id="links-title">Answer by a link</h3>
      <p className="muted small-text">
        Whoever opens it sees the question and the form, nothing else, and answers without an account. It works once.
      </p>
      {make.data !== undefined && (
        <div className={styles.link} role="status" ref={showNew}>
          <code className="sample">{make.data.url}</code>
          <p className="small-text muted">
            Shown only now. Works until <Timestamp at={make.data.expiresAt} format="date" />.
          </p>
          <CopyButton text={make.data.url} label="Copy link" words />
        </div>
      )}
      <div className="bar">
        <Button small icon="link" busy={make.isPending} onClick={() => make.mutate({ approvalId })}>
          {make.data === undefined ? 'Make a link' : 'Make another link'}
        </Button>
        {approval.openLinks > 0 && (
          <Button small variant="danger" busy={revoke.isPending} onClick={() => revoke.mutate({ approvalId })}>
            Revoke {approval.openLinks === 1 ? 'the link that is out' : `all ${approval.openLinks} links`}
          </Button>
        )}
      </div>
      {error !== null && (
        <p className="fault" role="alert">
          <Icon name="error" />
          <span>{messageOf(error)}</span>
        </p>
      )}
    </section>
  );
}

/** It appears at the end of a long panel. */
const showNew = (made: HTMLDivElement | null): void => made?.scrollIntoView({ block: 'nearest' });
