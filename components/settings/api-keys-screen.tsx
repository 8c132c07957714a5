'use client';

/** The keys by which programs call the REST API: made here, shown once, revoked here. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '@/components/trpc/provider';
import type { RouterOutputs } from '@/components/trpc/types';
import { Button } from '@/components/ui/button';
import { type Column, DataTable } from '@/components/ui/data-table';
import { ConfirmDialog } from '@/components/ui/dialog';
import { EmptyState } from '@/components/ui/states';
import { Timestamp } from '@/components/ui/timestamp';
import { useToast } from '@/components/ui/toast';
import { CreateApiKeyDialog } from './create-api-key-dialog';
import { ListState } from './list-state';
import { scopesInWords } from './scopes';
import styles from './settings.module.css';
import { SettingsBar } from './settings-panel';

type ApiKey = RouterOutputs['apiKeys']['list'][number];

export function ApiKeysScreen() {
  const trpc = useTRPC();
  const keys = useQuery(trpc.apiKeys.list.queryOptions());
  const [isCreating, setCreating] = useState(false);
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  const create = (
    <Button variant="primary" icon="plus" onClick={() => setCreating(true)}>
      New API key
    </Button>
  );
  const list = keys.data ?? [];

  return (
    <>
      {list.length > 0 && (
        <SettingsBar
          says="Programs show a key to call the REST API. A key is stored as a fingerprint only: what it is, is shown once."
          action={create}
        />
      )}
      <ListState name="API keys" query={keys}>
        {keys.data === undefined ? null : list.length === 0 ? (
          <EmptyState icon="key" title="No API keys yet" actions={create} example={<CurlSample />}>
            A program needs a key to start runs, publish events or read flows over the REST API. Give each program its
            own, with only the scopes it needs: then one can be revoked without stopping the others.
          </EmptyState>
        ) : (
          <DataTable
            className={styles.list}
            label="API keys, newest first"
            columns={columns(setRevoking)}
            rows={list}
            rowKey={(key) => key.id}
          />
        )}
      </ListState>
      <CreateApiKeyDialog open={isCreating} onOpenChange={setCreating} />
      <RevokeDialog apiKey={revoking} onClose={() => setRevoking(null)} />
    </>
  );
}

const CurlSample = () => (
  <pre>{`curl -H "Authorization: Bearer <your key>" ${'\\'}\n  ${location.origin}/api/v1/flows`}</pre>
);

const columns = (onRevoke: (key: ApiKey) => void): Column<ApiKey>[] => [
  { id: 'name', header: 'Name', cell: (key) => <strong className={styles.cell}>{key.name}</strong> },
  { id: 'prefix', header: 'Begins with', width: '132px', cell: (key) => <code>{key.prefix}</code> },
  {
    id: 'scopes',
    header: 'May',
    className: 'muted',
    cell: (key) => (
      <span className={styles.cell} title={key.scopes.join(', ')}>
        {scopesInWords(key.scopes)}
      </span>
    ),
  },
  { id: 'created', header: 'Created', width: '148px', cell: (key) => <Timestamp at={key.createdAt} format="date" /> },
  {
    id: 'used',
    header: 'Last used',
    width: '120px',
    className: 'muted',
    cell: (key) => (key.lastUsedAt === null ? 'never' : <Timestamp at={key.lastUsedAt} format="relative" />),
  },
  {
    id: 'actions',
    header: <span className="sr">Actions</span>,
    width: '136px',
    cell: (key) => (
      <span className={styles.rowActions}>
        {key.revokedAt === null ? (
          <Button small variant="ghost" onClick={() => onRevoke(key)} aria-label={`Revoke ${key.name}`}>
            Revoke…
          </Button>
        ) : (
          <span className="faint">
            revoked <Timestamp at={key.revokedAt} format="relative" />
          </span>
        )}
      </span>
    ),
  },
];

function RevokeDialog({ apiKey, onClose }: { apiKey: ApiKey | null; onClose: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const toast = useToast();
  const revoke = useMutation(trpc.apiKeys.revoke.mutationOptions());
  const confirm = async () => {
    if (apiKey === null) return;
    await revoke.mutateAsync({ keyId: apiKey.id });
    await queryClient.invalidateQueries(trpc.apiKeys.list.queryFilter());
    toast.show({ title: `${apiKey.name} revoked.` });
  };
  return (
    <ConfirmDialog
      open={apiKey !== null}
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={`Revoke ${apiKey?.name ?? ''}?`}
      confirmLabel="Revoke key"
      danger
      onConfirm={confirm}
    >
      Whatever uses <code>{apiKey?.prefix}…</code> is refused from now on. Runs it started go on. This cannot be undone.
    </ConfirmDialog>
  );
}
