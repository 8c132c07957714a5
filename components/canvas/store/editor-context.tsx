'use client';

/**
 * Brings the store of the open flow to the components of its editor. Refuses to be used outside one: a component that
 * edits must know which flow it edits.
 */
import { createContext, type ReactNode, useContext } from 'react';
import { useStore } from 'zustand';
import type { EditorState, EditorStore } from './editor-store';

const Context = createContext<EditorStore | null>(null);

export function EditorProvider({ store, children }: { store: EditorStore; children: ReactNode }) {
  return <Context value={store}>{children}</Context>;
}

/** @throws Error outside EditorProvider */
export function useEditorStore(): EditorStore {
  const store = useContext(Context);
  if (store === null) {
    throw new Error('useEditorStore needs EditorProvider above it');
  }
  return store;
}

/** A part of the state; the component renders again when that part changes. */
export const useEditor = <T,>(select: (state: EditorState) => T): T => useStore(useEditorStore(), select);
