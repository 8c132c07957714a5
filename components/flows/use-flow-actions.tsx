'use client';

/**
 * What can be done to a flow as a whole, from its page and from the list: duplicate, pause, resume, delete. One place for
 * the calls, the words and what is fetched again. Refuses edits of the document.
 */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { type ReactNode, useState } from 'react';
import { messageOf } from '@/components/trpc/failure';
import { useTRPC, useTRPCClient } from '@/components/trpc/provider';
import { ConfirmDialog } from '@/components/ui/dialog';
import { useToast } from '@/components/ui/toast';
import { downloadFlow } from './download';

export interface FlowHandle {
  readonly id: string;
  readonly name: string;
}

export interface FlowActions {
  duplicate: (flow: FlowHandle) => void;
  pause: (flow: FlowHandle) => void;
  resume: (flow: FlowHandle) => void;
  exportFlow: (flow: FlowHandle) => void;
  /** Asks first. */
  remove: (flow: FlowHandle) => void;
  /** To be rendered once where the actions are used. */
  dialog: ReactNode;
}

/** @param options.onRemoved after a deletion, for a page whose flow is gone */
export function useFlowActions(options: { onRemoved?: () => void } = {}): FlowActions {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queries = useQueryClient();
  const router = useRouter();
  const toast = useToast();
  const [removing, setRemoving] = useState<FlowHandle | null>(null);
  const refresh = () => queries.invalidateQueries({ queryKey: trpc.flows.pathKey() });
  const failed = (error: unknown) => toast.show({ kind: 'failed', title: messageOf(error) });

  const duplicate = useMutation({
    mutationFn: ({ id }: FlowHandle) => client.flows.duplicate.mutate({ flowId: id }),
    onSuccess: async (made, flow) => {
      await refresh();
      toast.show({
        title: `${flow.name} duplicated.`,
        action: { label: 'Open', run: () => router.push(`/flows/${made.id}`) },
      });
    },
    onError: failed,
  });
  const pause = useMutation({
    mutationFn: ({ id }: FlowHandle) => client.flows.pause.mutate({ flowId: id }),
    onSuccess: async (_, flow) => {
      await refresh();
      toast.show({ title: `${flow.name} is paused.`, more: 'Events are kept and run when it is resumed.' });
    },
    onError: failed,
  });
  const resume = useMutation({
    mutationFn: ({ id }: FlowHandle) => client.flows.resume.mutate({ flowId: id }),
    onSuccess: async (_, flow) => {
      await refresh();
      toast.show({ title: `${flow.name} runs again.` });
    },
    onError: failed,
  });
  const exportOne = useMutation({
    mutationFn: ({ id }: FlowHandle) => client.flows.get.query({ flowId: id }),
    onSuccess: ({ document }) => downloadFlow(document),
    onError: failed,
  });

  return {
    duplicate: (flow) => duplicate.mutate(flow),
    pause: (flow) => pause.mutate(flow),
    resume: (flow) => resume.mutate(flow),
    exportFlow: (flow) => exportOne.mutate(flow),
    remove: setRemoving,
    dialog: (
      <ConfirmDialog
        open={removing !== null}
        onOpenChange={(isOpen) => !isOpen && setRemoving(null)}
        title={`Delete ${removing?.name}?`}
        confirmLabel="Delete flow"
        danger
        typeToConfirm={removing?.name}
        onConfirm={async () => {
          if (removing === null) {
            return;
          }
          try {
            await client.flows.remove.mutate({ flowId: removing.id });
          } catch (error) {
            throw new Error(messageOf(error), { cause: error });
          }
          toast.show({ title: `${removing.name} deleted.` });
          await refresh();
          options.onRemoved?.();
        }}
      >
        <p>
          Its webhooks answer 404 from now on. Runs that are under way finish, and the history of runs stays. This
          cannot be undone.
        </p>
      </ConfirmDialog>
    ),
  };
}
