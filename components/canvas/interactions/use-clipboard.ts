'use client';

/**
 * Copy, cut and paste of steps through the browser's own clipboard events, which need no permission and work between
 * tabs. Refuses while a person types or has selected text.
 */
import { type RefObject, useEffect, useEffectEvent } from 'react';
import { isTyping } from '@/components/ui/shortcut';
import type { Point } from '../geometry';
import { copyText, paste, readCopied } from '../store/commands/clipboard-commands';
import { deleteSelection } from '../store/commands/graph-commands';
import type { EditorStore } from '../store/editor-store';
import { scopeUnder } from './drop-target';
import { hasCanvasFocus } from './use-canvas-keys';

export interface ClipboardOptions {
  store: EditorStore;
  ground: RefObject<HTMLElement | null>;
  /** Where a paste lands: the place under the pointer, in canvas units. */
  pointerAt: () => Point | undefined;
  onRefused: (message: string) => void;
}

export function useClipboard({ store, ground, pointerAt, onRefused }: ClipboardOptions): void {
  const isOurs = (event: ClipboardEvent): boolean =>
    !isTyping(event.target) && hasCanvasFocus(ground.current) && getSelection()?.isCollapsed !== false;

  const copy = useEffectEvent((event: ClipboardEvent) => {
    const { document, selection, run } = store.getState();
    const text = isOurs(event) ? copyText(document, selection) : null;
    if (text === null) {
      return;
    }
    event.clipboardData?.setData('text/plain', text);
    event.preventDefault();
    if (event.type === 'cut') {
      run(deleteSelection());
    }
  });
  const insert = useEffectEvent((event: ClipboardEvent) => {
    if (!isOurs(event)) {
      return;
    }
    const text = event.clipboardData?.getData('text/plain') ?? '';
    const part = readCopied(text);
    event.preventDefault();
    if (part === null) {
      onRefused('The clipboard holds no steps. Copy some from a flow first.');
    } else {
      const { document, run } = store.getState();
      const at = pointerAt();
      run(paste(part, { at, into: at && scopeUnder(document, at) }));
    }
  });

  useEffect(() => {
    const onCopy = (event: ClipboardEvent) => copy(event);
    const onPaste = (event: ClipboardEvent) => insert(event);
    document.addEventListener('copy', onCopy);
    document.addEventListener('cut', onCopy);
    document.addEventListener('paste', onPaste);
    return () => {
      document.removeEventListener('copy', onCopy);
      document.removeEventListener('cut', onCopy);
      document.removeEventListener('paste', onPaste);
    };
  }, []);
}
