'use client';

/**
 * Keyboard shortcuts with one grammar: `Mod+K`, `Shift+S`, `J`, `/`, `Escape`. Mod is Command on a Mac and Control
 * elsewhere. Refuses to fire while a person types (single keys), while a dialog or menu is open over the page, and
 * when somebody nearer has handled the key.
 */
import { type RefObject, useEffect, useEffectEvent, useSyncExternalStore } from 'react';

export interface Shortcut {
  readonly key: string;
  readonly mod: boolean;
  readonly shift: boolean;
  readonly alt: boolean;
}

/** The part of a keyboard event that matching needs, so that it can be tested without a browser. */
export interface Pressed {
  readonly key: string;
  readonly code?: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

const named: Record<string, string> = { esc: 'escape', del: 'delete', space: ' ', plus: '+', enter: 'enter' };

/**
 * @param keys modifiers and one key joined by `+`, for example `Mod+Shift+Z`; the plus key itself is `Plus`
 * @throws Error when the last part is missing or a modifier is unknown: a fault of the program
 */
export function parseShortcut(keys: string): Shortcut {
  const parts = keys.split('+').map((part) => part.trim().toLowerCase());
  const last = parts.pop();
  if (!last) throw new Error(`shortcut "${keys}" names no key`);
  const modifiers = new Set(parts);
  for (const part of parts) {
    if (part !== 'mod' && part !== 'shift' && part !== 'alt') throw new Error(`shortcut "${keys}": unknown "${part}"`);
  }
  return {
    key: named[last] ?? last,
    mod: modifiers.has('mod'),
    shift: modifiers.has('shift'),
    alt: modifiers.has('alt'),
  };
}

/** Whether a pressed key is the shortcut. Shift is ignored for signs, which need it on some keyboards and not on others. */
export function matchesShortcut(shortcut: Shortcut, pressed: Pressed, isMac: boolean): boolean {
  const mod = isMac ? pressed.metaKey : pressed.ctrlKey;
  const foreign = isMac ? pressed.ctrlKey : pressed.metaKey;
  if (foreign || mod !== shortcut.mod || pressed.altKey !== shortcut.alt) return false;
  const isSign = shortcut.key.length === 1 && !/[a-z0-9 ]/.test(shortcut.key);
  if (!isSign && pressed.shiftKey !== shortcut.shift) return false;
  if (pressed.key.toLowerCase() === shortcut.key) return true;
  // Alt turns letters into other signs on a Mac, and Shift digits into signs everywhere: compare the key's place.
  const place = pressed.code?.toLowerCase();
  return (shortcut.alt || shortcut.shift) && (place === `key${shortcut.key}` || place === `digit${shortcut.key}`);
}

const macSigns: Record<string, string> = { mod: '⌘', shift: '⇧', alt: '⌥' };
const otherNames: Record<string, string> = { mod: 'Ctrl', shift: 'Shift', alt: 'Alt' };
const keySigns: Record<string, string> = {
  enter: '↵',
  arrowup: '↑',
  arrowdown: '↓',
  arrowleft: '←',
  arrowright: '→',
  escape: 'Esc',
  ' ': 'Space',
  delete: 'Del',
};

/** How a shortcut is written for people: `⌘⇧Z` on a Mac, `Ctrl Shift Z` elsewhere. */
export function formatKeys(keys: string, isMac: boolean): string {
  const shortcut = parseShortcut(keys);
  const written = keys.slice(keys.lastIndexOf('+') + 1).trim();
  const shown = keySigns[shortcut.key] ?? (shortcut.key.length === 1 ? shortcut.key.toUpperCase() : written);
  const modifiers = (['mod', 'alt', 'shift'] as const).filter((name) => shortcut[name]);
  const words = modifiers.map((name) => (isMac ? macSigns[name] : otherNames[name]));
  return [...words, shown].join(isMac ? '' : ' ');
}

function detectMac(): boolean {
  return /mac|iphone|ipad/i.test(navigator.platform);
}
const never = () => () => undefined;

/** False on the server and in the first render, then the truth: so both agree while hydrating. */
export function useIsMac(): boolean {
  return useSyncExternalStore(never, detectMac, () => false);
}

/** Whether keys typed into this element are text rather than commands. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement)
    return true;
  return (
    target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'submit', 'range'].includes(target.type)
  );
}

// Our own floating parts, by class: a page's inline listbox or panel must not silence its shortcuts.
const overlay = '.dialog, .palette-box, .pop';

function isCovered(target: EventTarget | null, scope: HTMLElement | null): boolean {
  const over = target instanceof Element ? target.closest(overlay) : null;
  return over !== null && (scope === null || !over.contains(scope));
}

export interface ShortcutOptions {
  /** Fire only while focus is inside this element. Without it the whole page listens. */
  scope?: RefObject<HTMLElement | null>;
  enabled?: boolean;
  /** Also while typing. Default: true with Mod, false for everything else. */
  whileTyping?: boolean;
  /** Also while a dialog or menu is open. Only the command palette wants this. */
  everywhere?: boolean;
}

/**
 * Calls the handler when the keys are pressed. The browser's own meaning of the keys is prevented.
 *
 * @param keys one shortcut or several with the same meaning, for example `['J', 'ArrowDown']`
 * @param handler return false to say "not mine": the key then keeps its ordinary meaning
 */
export function useShortcut(
  keys: string | readonly string[],
  handler: (event: KeyboardEvent) => unknown,
  options: ShortcutOptions = {},
): void {
  const { scope, enabled = true, whileTyping, everywhere = false } = options;
  const list = typeof keys === 'string' ? keys : keys.join('\n');
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return;
    const isMac = detectMac();
    const hit = list
      .split('\n')
      .map(parseShortcut)
      .find((shortcut) => matchesShortcut(shortcut, event, isMac));
    if (!hit) return;
    if (!(whileTyping ?? hit.mod) && isTyping(event.target)) return;
    const element = scope?.current ?? null;
    if (scope && !(event.target instanceof Node && element?.contains(event.target))) return;
    if (!everywhere && isCovered(event.target, element)) return;
    if (handler(event) !== false) event.preventDefault();
  });
  useEffect(() => {
    if (!enabled) return;
    const listen = (event: KeyboardEvent) => onKeyDown(event);
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [enabled]);
}
