'use client';

/**
 * The part of the editor's state that its address holds: the open step and the open drawer, so that a view can be shared
 * and survives a reload. Written without a navigation. Refuses everything that belongs to the document.
 */
import { useCallback, useEffect, useState } from 'react';
import { useEditor } from '@/components/canvas/store/editor-context';
import { openStepId } from '@/components/canvas/store/selectors';
import type { DrawerTab } from './drawer';

const drawerKey = 'headrace.drawer.tab';

/** A query parameter as the page was opened with; later the editor writes it. */
export const openedWith = (name: string): string | null => new URLSearchParams(window.location.search).get(name);

/** Writes a query parameter; null removes it. */
export function writeParam(name: string, value: string | null): void {
  const url = new URL(window.location.href);
  if (url.searchParams.get(name) === value) {
    return;
  }
  if (value === null) {
    url.searchParams.delete(name);
  } else {
    url.searchParams.set(name, value);
  }
  window.history.replaceState(window.history.state, '', url);
}

/** The open drawer: as the address says, else as this browser had it last. */
export function useDrawerTab(): [DrawerTab | null, (tab: DrawerTab | null) => void] {
  const [tab, setTab] = useState<DrawerTab | null>(() => {
    const asked = openedWith('drawer') ?? localStorage.getItem(drawerKey);
    return asked === 'data' || asked === 'problems' ? asked : null;
  });
  const set = useCallback((next: DrawerTab | null) => {
    setTab(next);
    localStorage.setItem(drawerKey, next ?? '');
    writeParam('drawer', next);
  }, []);
  return [tab, set];
}

/** The address names the open step. */
export function useSelectionInAddress(): void {
  const id = useEditor(openStepId);
  useEffect(() => writeParam('step', id), [id]);
}
