'use client';

/**
 * Keys that act while the canvas has focus, or nothing has. One table instead of a hook per key. Refuses keys while a
 * person types, while something floats above the page, and while focus is in the inspector or the drawer.
 */
import type { RefObject } from 'react';
import { matchesShortcut, parseShortcut, useIsMac, useShortcut } from '@/components/ui/shortcut';

/** Keys as for useShortcut, and what they do; a handler returns false for "not mine". */
export type KeyBinding = readonly [keys: string, act: (event: KeyboardEvent) => unknown];

/** Whether focus is on the canvas or nowhere in particular. */
export function hasCanvasFocus(ground: HTMLElement | null): boolean {
  const active = document.activeElement;
  return active === null || active === document.body || ground?.contains(active) === true;
}

export function useCanvasKeys(ground: RefObject<HTMLElement | null>, bindings: readonly KeyBinding[]): void {
  const isMac = useIsMac();
  useShortcut(
    bindings.map(([keys]) => keys),
    (event) => {
      if (!hasCanvasFocus(ground.current)) {
        return false;
      }
      const binding = bindings.find(([keys]) => matchesShortcut(parseShortcut(keys), event, isMac));
      return binding === undefined ? false : binding[1](event);
    },
    { whileTyping: false },
  );
}
