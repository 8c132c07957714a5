'use client';

/**
 * What a person does with the open flow as a whole: save, run, publish, undo; by button, by key and from the command
 * palette. Running and publishing save first, so that what happens is what is drawn.
 */
import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import type { EditorStore } from '@/components/canvas/store/editor-store';
import { useCommands } from '@/components/frame/commands';
import { useTRPC, useTRPCClient } from '@/components/trpc/provider';
import { useShortcut } from '@/components/ui/shortcut';
import { useToast } from '@/components/ui/toast';
import type { JsonValue } from '@/core/json';
import type { Autosave } from './autosave';

export interface FlowWorkOptions {
  flowId: string;
  store: EditorStore;
  autosave: Autosave;
  openPanel: (panel: 'run' | 'publish') => void;
  showDrawer: (tab: 'data' | 'problems') => void;
}

export interface FlowWork {
  readonly run: (input: { data: JsonValue; draft: boolean }) => Promise<void>;
  readonly publish: (note: string) => Promise<void>;
}

export function useFlowWork({ flowId, store, autosave, openPanel, showDrawer }: FlowWorkOptions): FlowWork {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queries = useQueryClient();
  const router = useRouter();
  const toast = useToast();
  const save = async () => {
    if (!(await autosave.flush())) {
      throw new Error('The draft is not saved yet. Look beside the name of the flow to see why.');
    }
  };
  useFlowKeys({ store, autosave, openPanel, showDrawer });
  return {
    run: async (input) => {
      await save();
      const { runId } = await client.runs.start.mutate({ flowId, ...input });
      showDrawer('data');
      await queries.invalidateQueries({ queryKey: trpc.runs.latestData.queryKey({ flowId }) });
      const open = { label: 'Open the run', run: () => router.push(`/runs/${runId}`) };
      toast.show({ title: 'Run started.', action: open });
    },
    publish: async (note) => {
      await save();
      const input = { flowId, revision: autosave.revision(), ...(note === '' ? {} : { note }) };
      const { version } = await client.flows.publish.mutate(input);
      await queries.invalidateQueries({ queryKey: trpc.flows.pathKey() });
      toast.show({ title: `Version ${version} is live.` });
    },
  };
}

function useFlowKeys({ store, autosave, openPanel, showDrawer }: Omit<FlowWorkOptions, 'flowId'>): void {
  const undo = () => store.getState().undo();
  const redo = () => store.getState().redo();
  useShortcut('Mod+S', () => void autosave.flush());
  useShortcut('Mod+Enter', () => openPanel('run'));
  useShortcut('Mod+Z', (event) => (hasOwnUndo(event) ? false : undo()));
  useShortcut(['Mod+Shift+Z', 'Mod+Y'], (event) => (hasOwnUndo(event) ? false : redo()));
  const group = 'This flow';
  useCommands([
    { id: 'flow.run', label: 'Run this flow', group, icon: 'play', keys: 'Mod+Enter', run: () => openPanel('run') },
    { id: 'flow.publish', label: 'Publish this flow', group, icon: 'publish', run: () => openPanel('publish') },
    { id: 'flow.problems', label: 'Show problems', group, icon: 'error', run: () => showDrawer('problems') },
    { id: 'flow.data', label: 'Show data of the last run', group, icon: 'schemas', run: () => showDrawer('data') },
    { id: 'flow.undo', label: 'Undo', group, icon: 'undo', keys: 'Mod+Z', run: undo },
    { id: 'flow.redo', label: 'Redo', group, icon: 'redo', keys: 'Mod+Shift+Z', run: redo },
  ]);
}

/** Where text is not the document's yet, the browser's own undo is the right one. */
const hasOwnUndo = (event: KeyboardEvent): boolean =>
  event.target instanceof Element && event.target.closest('[data-own-undo], .dialog, .pop, .find, search') !== null;
