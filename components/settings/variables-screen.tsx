'use client';

/** Variables: JSON values that every expression of the workspace reads as `vars.name`. */
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
import styles from './settings.module.css';
import { SettingsBar } from './settings-panel';
import { VariableDialog } from './variable-dialog';

type Variable = RouterOutputs['variables']['list']['items'][number];

const pageSize = 200;

export function VariablesScreen() {
  const trpc = useTRPC();
  const variables = useInfiniteQuery(
    trpc.variables.list.infiniteQueryOptions(
      { limit: pageSize },
      { getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined },
    ),
  );
  const [editing, setEditing] = useState<Variable | 'new' | null>(null);
  const [removing, setRemoving] = useState<Variable | null>(null);
  const list = variables.data?.pages.flatMap(({ items }) => items);
  const add = (
    <Button variant="primary" icon="plus" onClick={() => setEditing('new')}>
      New variable
    </Button>
  );

  return (
    <>
      {list !== undefined && list.length > 0 && (
        <SettingsBar
          says={
            <>
              Expressions read them as <code>vars.name</code>. A change applies to steps that start after it. Do not
              keep passwords here: those are secrets.
            </>
          }
          action={add}
        />
      )}
      <ListState name="variables" query={variables} more={variables}>
        {list === undefined ? null : list.length === 0 ? (
          <EmptyState
            icon="code"
            title="No variables yet"
            actions={add}
            example={<pre>{'{{ vars.shop.currency }}   →   EUR'}</pre>}
          >
            A variable is a JSON value that all flows share: an address that differs between installations, a threshold,
            a table of codes. Change it here instead of in every flow.
          </EmptyState>
        ) : (
          <DataTable
            className={styles.list}
            label="Variables, by name"
            columns={columns(setEditing, setRemoving)}
            rows={list}
            rowKey={(variable) => variable.name}
            onOpen={setEditing}
          />
        )}
      </ListState>
      {editing !== null && (
        <VariableDialog variable={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />
      )}
      <RemoveDialog variable={removing} onClose={() => setRemoving(null)} />
    </>
  );
}

const columns = (onEdit: (variable: Variable) => void, onRemove: (variable: Variable) => void): Column<Variable>[] => [
  { id: 'name', header: 'Name', width: '240px', cell: ({ name }) => <code className={styles.cell}>{name}</code> },
  {
    id: 'value',
    header: 'Value',
    className: 'muted',
    cell: ({ value }) => <code className={styles.cell}>{JSON.stringify(value)}</code>,
  },
  { id: 'updated', header: 'Changed', width: '148px', cell: (variable) => <Timestamp at={variable.updatedAt} /> },
  {
    id: 'actions',
    header: <span className="sr">Actions</span>,
    width: '84px',
    cell: (variable) => (
      <span className={styles.rowActions}>
        <IconButton icon="edit" label={`Edit ${variable.name}`} small onClick={() => onEdit(variable)} />
        <IconButton icon="trash" label={`Delete ${variable.name}`} small onClick={() => onRemove(variable)} />
      </span>
    ),
  },
];

function RemoveDialog({ variable, onClose }: { variable: Variable | null; onClose: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const toast = useToast();
  const remove = useMutation(trpc.variables.remove.mutationOptions());
  const restore = useMutation(trpc.variables.put.mutationOptions());
  const refresh = () => queryClient.invalidateQueries(trpc.variables.list.pathFilter());
  const confirm = async () => {
    if (variable === null) return;
    const { name, value } = variable;
    await remove.mutateAsync({ name });
    await refresh();
    const undo = () => restore.mutate({ name, value }, { onSuccess: refresh });
    toast.show({ title: `${name} deleted.`, action: { label: 'Undo', run: undo } });
  };
  return (
    <ConfirmDialog
      open={variable !== null}
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={`Delete ${variable?.name ?? ''}?`}
      confirmLabel="Delete variable"
      danger
      onConfirm={confirm}
    >
      Expressions that read <code>vars.{variable?.name}</code> get nothing from then on, and fail where they need it.
    </ConfirmDialog>
  );
}
