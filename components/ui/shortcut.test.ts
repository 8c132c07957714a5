import { describe, expect, it } from 'vitest';
import { formatKeys, matchesShortcut, type Pressed, parseShortcut } from './shortcut';

const press = (key: string, held: Partial<Pressed> = {}): Pressed => ({
  key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...held,
});
const matches = (keys: string, pressed: Pressed, isMac = false) => matchesShortcut(parseShortcut(keys), pressed, isMac);

describe('a shortcut', () => {
  it('takes Control for Mod, and Command on a Mac', () => {
    expect(matches('Mod+K', press('k', { ctrlKey: true }))).toBe(true);
    expect(matches('Mod+K', press('k', { metaKey: true }))).toBe(false);
    expect(matches('Mod+K', press('k', { metaKey: true }), true)).toBe(true);
    expect(matches('Mod+K', press('k', { ctrlKey: true }), true)).toBe(false);
    expect(matches('Mod+K', press('k'))).toBe(false);
  });

  it('of one letter does not fire with modifiers held', () => {
    expect(matches('J', press('j'))).toBe(true);
    expect(matches('J', press('j', { ctrlKey: true }))).toBe(false);
    expect(matches('J', press('J', { shiftKey: true }))).toBe(false);
    expect(matches('Shift+S', press('S', { shiftKey: true }))).toBe(true);
  });

  it('of a sign fires however the keyboard makes that sign', () => {
    expect(matches('?', press('?', { shiftKey: true }))).toBe(true);
    expect(matches('/', press('/'))).toBe(true);
    expect(matches('/', press('/', { shiftKey: true }))).toBe(true);
    expect(matches('Plus', press('+', { shiftKey: true }))).toBe(true);
  });

  it('with Alt goes by the place of the key, because a Mac turns the letter into a sign', () => {
    expect(matches('Alt+X', press('≈', { altKey: true, code: 'KeyX' }), true)).toBe(true);
    expect(matches('Shift+Alt+T', press('ˇ', { altKey: true, shiftKey: true, code: 'KeyT' }), true)).toBe(true);
  });

  it('knows keys with names', () => {
    expect(matches('Mod+Enter', press('Enter', { ctrlKey: true }))).toBe(true);
    expect(matches('Esc', press('Escape'))).toBe(true);
    expect(matches('F2', press('F2'))).toBe(true);
  });

  it('that is misspelt is refused at once', () => {
    expect(() => parseShortcut('Cmd+K')).toThrow('unknown "cmd"');
    expect(() => parseShortcut('Mod+')).toThrow('names no key');
  });

  it('is written as on the keyboard of the person', () => {
    expect(formatKeys('Mod+K', false)).toBe('Ctrl K');
    expect(formatKeys('Mod+K', true)).toBe('⌘K');
    expect(formatKeys('Mod+Shift+Z', false)).toBe('Ctrl Shift Z');
    expect(formatKeys('Mod+Enter', false)).toBe('Ctrl ↵');
    expect(formatKeys('Shift+Delete', true)).toBe('⇧Del');
    expect(formatKeys('Shift+F2', false)).toBe('Shift F2');
    expect(formatKeys('?', false)).toBe('?');
  });
});
