import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { deeper, table } from './markdown';
import { isSamePage, referencePages } from './reference';

describe('the committed reference', () => {
  it.each(Object.entries(referencePages()))('%s says what the code says; if not, run: npm run docs', (path, text) => {
    expect(isSamePage(path, readFileSync(path, 'utf8'), text)).toBe(true);
  });
});

describe('generated Markdown', () => {
  it('keeps bars and line breaks of a text inside their cell', () => {
    expect(table(['a'], [['x | y\n  z']])).toBe('| a |\n| --- |\n| x \\| y z |');
  });

  it('puts headings deeper without touching other lines', () => {
    expect(deeper('## One\ntext # here\n### Two', 1)).toBe('### One\ntext # here\n#### Two');
  });
});
