/**
 * Reads the stylesheet of tokens and checks every pair of colours that is used together against WCAG 2.2 AA in both
 * themes: 4.5 for text (1.4.3), 3 for graphics and control outlines (1.4.11).
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');

const colours = new Map(
  [...css.matchAll(/--([\w-]+):\s*light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(([, name, light, dark]) => [
    String(name),
    { light: String(light), dark: String(dark) },
  ]),
);

type Theme = 'light' | 'dark';

function colour(name: string, theme: Theme): string {
  const found = colours.get(name)?.[theme];
  if (!found) throw new Error(`tokens.css has no colour --${name}`);
  return found;
}

/** Relative luminance of an sRGB colour, WCAG 2.2 definition. */
function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((start) => {
    const part = Number.parseInt(hex.slice(start, start + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [a, b] = [luminance(one), luminance(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

const grounds = ['ground', 'canvas', 'surface', 'raised', 'sunken'];
const statuses = ['queued', 'running', 'succeeded', 'failed', 'waiting', 'compensating', 'blocked', 'skipped'];
const text = 4.5;
const graphic = 3;

type Rule = readonly [minimum: number, front: readonly string[], behind: readonly string[]];

const rules: readonly Rule[] = [
  [text, ['fg', 'fg-muted', 'fg-faint', 'accent-fg'], [...grounds, 'accent-bg']],
  [text, ['accent-fg'], ['failed-bg', 'compensating-bg']],
  [text, ['on-accent'], ['accent', 'accent-hover']],
  [text, ['on-blocked'], ['blocked-solid']],
  [
    text,
    ['code-string', 'code-number', 'code-atom'],
    ['surface', 'raised', 'sunken', 'canvas', 'accent-bg', 'failed-bg'],
  ],
  [graphic, ['accent'], grounds],
  [graphic, ['accent-line'], ['canvas', 'surface', 'raised', 'accent-bg']],
  [graphic, ['line-control'], ['surface', 'raised', 'ground']],
  [graphic, ['edge'], ['canvas', 'surface', 'raised']],
  ...statuses.flatMap((status): Rule[] => [
    [text, [`${status}-fg`], [`${status}-bg`, 'surface', 'raised', 'canvas', 'ground', 'accent-bg']],
    [text, ['fg', 'fg-muted'], [`${status}-bg`]],
    [graphic, [`${status}-solid`], [`${status}-bg`, 'surface', 'raised', 'canvas']],
  ]),
];

function tooFaint(theme: Theme): string[] {
  return rules.flatMap(([minimum, front, behind]) =>
    front.flatMap((a) =>
      behind
        .map((b) => ({ a, b, ratio: contrast(colour(a, theme), colour(b, theme)) }))
        .filter(({ ratio }) => ratio < minimum)
        .map(({ b, ratio }) => `${a} on ${b} is ${ratio.toFixed(2)}, needs ${minimum}`),
    ),
  );
}

describe('the tokens', () => {
  it.each(['light', 'dark'] as const)('can be told apart by everybody in the %s theme', (theme) => {
    expect(tooFaint(theme)).toEqual([]);
  });

  it('give every colour both themes, and no stylesheet names a colour that does not exist', () => {
    const named = new Set([...css.matchAll(/--([\w-]+):/g)].map((match) => match[1]));
    const unknown = [...css.matchAll(/var\(--([\w-]+)/g)].map((match) => match[1]).filter((name) => !named.has(name));
    expect(unknown).toEqual([]);
    expect([...css.matchAll(/--[\w-]+:\s*#[0-9a-f]+/g)].map(String)).toEqual([]);
  });
});
