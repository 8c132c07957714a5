/**
 * docs/reference/limits.md: every limit with the reason that stands beside it in the code. A limit without a comment of
 * its own shares that of the line above it.
 */
import { readFileSync } from 'node:fs';
import { limits } from '@/core/limits';
import { code, generatedNote, page, table } from './markdown';

const source = 'core/limits.ts';

export const limitsPage = (): string =>
  page(
    '# Limits',
    generatedNote(`\`${source}\``),
    'None of them is configurable unless its text says so. Sizes of text are in characters, sizes of data in bytes of UTF-8.',
    table(
      ['limit', 'value', 'why'],
      Object.entries(reasons()).map(([name, reason]) => [
        code(name),
        readable(name, limits[name as keyof typeof limits]),
        reason,
      ]),
    ),
  );

/** Reason by limit, read from the comments: values can be imported, comments cannot. */
function reasons(): Record<string, string> {
  const found: Record<string, string> = {};
  let reason = '';
  for (const line of readFileSync(source, 'utf8').split('\n')) {
    reason = /^ {2}\/\*\* (.*) \*\/$/.exec(line)?.[1] ?? reason;
    const name = /^ {2}(\w+):/.exec(line)?.[1];
    if (name !== undefined) found[name] = reason;
  }
  const missing = Object.keys(limits).filter((name) => !found[name]);
  if (missing.length > 0) throw new Error(`No reason was found in ${source} for ${missing.join(', ')}.`);
  return found;
}

const units: Readonly<Record<string, readonly (readonly [size: number, name: string])[]>> = {
  Ms: [
    [86_400_000, 'days'],
    [3_600_000, 'h'],
    [60_000, 'min'],
    [1_000, 's'],
    [1, 'ms'],
  ],
  Bytes: [
    [1024 ** 2, 'MiB'],
    [1024, 'KiB'],
    [1, 'bytes'],
  ],
};

/** In the largest unit that gives a whole number. */
function readable(name: string, value: number): string {
  const suffix = /(Ms|Bytes)$/.exec(name)?.[1];
  const [size, unit] = (suffix && units[suffix]?.find(([each]) => value % each === 0)) || [1, ''];
  const count = value / size;
  return `${count.toLocaleString('en')} ${count === 1 && unit === 'days' ? 'day' : unit}`.trim();
}
