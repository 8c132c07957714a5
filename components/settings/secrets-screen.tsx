'use client';

/** Secrets by name. A value goes in and never comes out: there is no way to show one, only to replace it. */
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '@/components/trpc/provider';
import type { RouterOutputs } from '@/components/trpc/types';
import { Button, IconButton } from '@/components/ui/button';
import { type Column, DataTable } from '@/components/ui/data-table';
import { ConfirmDialog } from '@/components/ui/dialog';
import { EmptyState } from '@/components/ui/states';
import { Timestamp } from '@/components/ui/timestamp';
import { useToast } from '@/components/ui/toast';
import { ListState } from './list-state';
import { SecretDialog } from './secret-dialog';
import styles from './settings.module.css';
import { SettingsBar } from './settings-panel';

type Secret = RouterOutputs['secrets']['list']['items'][number];

const pageSize = 200;

export function SecretsScreen() {
  const trpc = useTRPC();
  const secrets = useInfiniteQuery(
    trpc.secrets.list.infiniteQueryOptions(
      { limit: pageSize },
      { getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined },
    ),
  );
  const [editing, setEditing] = useState<Secret | 'new' | null>(null);
  const [removing, setRemoving] = useState<Secret | null>(null);
  const list = secrets.data?.pages.flatMap(({ items }) => items);
  const add = (
    <Button variant="primary" icon="plus" onClick={() => setEditing('new')}>
      New secret
    </Button>
  );

  return (
    <>
      {list !== undefined && list.length > 0 && (
        <SettingsBar
          says="Encrypted at rest, read at the last moment before a call, masked in journals, logs and answers. Nobody can read a value here."
          action={add}
        />
      )}
      <ListState name="secrets" query={secrets} more={secrets}>
        {list === undefined ? null : list.length === 0 ? (
          <EmptyState
            icon="lock"
            title="No secrets yet"
            actions={add}
            example={<pre>{'"Authorization": {"$secret": "stripe_key", "prefix": "Bearer "}'}</pre>}
          >
            Passwords and tokens of the systems your flows call. A step names a secret; its value is filled in at the
            last moment, sent only to the origins you allow, and masked wherever it would show up again.
          </EmptyState>
        ) : (
          <DataTable
            className={styles.list}
            label="Secrets, by name"
            columns={columns(setEditing, setRemoving)}
            rows={list}
            rowKey={(secret) => secret.name}
          />
        )}
      </ListState>
      {editing !== null && (
        <SecretDialog secret={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />
      )}
      <RemoveDialog secret={removing} onClose={() => setRemoving(null)} />
    </>
  );
}

const columns = (onReplace: (secret: Secret) => void, onRemove: (secret: Secret) => void): Column<Secret>[] => [
  { id: 'name', header: 'Name', width: '240px', cell: ({ name }) => <code className={styles.cell}>{name}</code> },
  {
    id: 'origins',
    header: 'May be sent to',
    className: 'muted',
    cell: ({ origins }) => (
      <span className={styles.cell} title={origins.join('\n')}>
        {origins.length === 0 ? 'any public origin' : <code>{origins.join(', ')}</code>}
      </span>
    ),
  },
  { id: 'updated', header: 'Stored', width: '148px', cell: (secret) => <Timestamp at={secret.updatedAt} /> },
  {
    id: 'actions',
    header: <span className="sr">Actions</span>,
    width: '132px',
    cell: (secret) => (
      <span className={styles.rowActions}>
        <Button small variant="ghost" onClick={() => onReplace(secret)} aria-label={`Replace ${secret.name}`}>
          Replace…
        </Button>
        <IconButton icon="trash" label={`Delete ${secret.name}`} small onClick={() => onRemove(secret)} />
      </span>
    ),
  },
];

function RemoveDialog({ secret, onClose }: { secret: Secret | null; onClose: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const toast = useToast();
  const remove = useMutation(trpc.secrets.remove.mutationOptions());
  const confirm = async () => {
    if (secret === null) return;
    await remove.mutateAsync({ name: secret.name });
    await queryClient.invalidateQueries(trpc.secrets.list.pathFilter());
    toast.show({ title: `${secret.name} deleted.` });
  };
  return (
    <ConfirmDialog
      open={secret !== null}
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={`Delete ${secret?.name ?? ''}?`}
      confirmLabel="Delete secret"
      danger
      typeToConfirm={secret?.name}
      onConfirm={confirm}
    >
      Steps that use it fail until a secret of this name is stored again. The value cannot be brought back.
    </ConfirmDialog>
  );
}
