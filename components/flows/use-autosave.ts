'use client';

/** Ties the autosave of one open flow to its editor, the network and the window. Refuses to be used twice for a flow. */
import { useEffect, useState } from 'react';
import type { EditorStore } from '@/components/canvas/store/editor-store';
import { connectionStore } from '@/components/frame/connection-store';
import { isConnectionFailure, messageOf, problemOf } from '@/components/trpc/failure';
import { useTRPCClient } from '@/components/trpc/provider';
import type { FlowDocument } from '@/core/flow/document';
import { type Autosave, createAutosave, type SaveFailure } from './autosave';
import { keepLocalDraft } from './local-draft';

function readFailure(error: unknown): SaveFailure {
  const problem = problemOf(error);
  if (problem?.code === 'flow.stale') {
    return { type: 'stale' };
  }
  const canPass = isConnectionFailure(error) || (problem?.status ?? 500) >= 500;
  return canPass ? { type: 'connection' } : { type: 'refused', message: messageOf(error) };
}

export interface AutosaveOptions {
  flowId: string;
  /** What the server held when the flow was opened, and the revision the editor's document was made on. */
  opened: { document: FlowDocument; revision: number };
  store: EditorStore;
}

export function useAutosave({ flowId, opened, store }: AutosaveOptions): Autosave {
  const client = useTRPCClient();
  const [autosave] = useState(() =>
    createAutosave(opened, {
      save: (document, revision) => client.flows.save.mutate({ flowId, revision, document }),
      load: async () => {
        const { document, revision, updatedAt } = await client.flows.get.query({ flowId });
        return { document, revision, updatedAt };
      },
      readFailure,
      keep: (draft) => keepLocalDraft(flowId, draft),
      schedule: (act, delayMs) => {
        const timer = setTimeout(act, delayMs);
        return () => clearTimeout(timer);
      },
      nowMs: () => Date.now(),
    }),
  );
  useEffect(() => {
    autosave.changed(store.getState().document);
    return store.subscribe(({ document }) => autosave.changed(document));
  }, [autosave, store]);
  useEffect(
    () =>
      connectionStore.subscribe(() => {
        if (connectionStore.getState() === 'ok') {
          void autosave.flush();
        }
      }),
    [autosave],
  );
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (autosave.status.getState().type !== 'saved') {
        autosave.keepNow();
        event.preventDefault();
      }
    };
    const keep = () => autosave.keepNow();
    window.addEventListener('beforeunload', warn);
    window.addEventListener('pagehide', keep);
    return () => {
      window.removeEventListener('beforeunload', warn);
      window.removeEventListener('pagehide', keep);
      autosave.keepNow();
      void autosave.flush().then(() => autosave.dispose());
    };
  }, [autosave]);
  return autosave;
}
