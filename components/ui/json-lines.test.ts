import { describe, expect, it } from 'vitest';
import { type JsonLayout, type JsonLine, jsonLines, lineOf, longListItems, longTextChars } from './json-lines';

const text = (line: JsonLine) =>
  '  '.repeat(line.depth) + line.tokens.map((token) => token.text).join('') + (line.more ? ` [${line.more}]` : '');
const drawn = (value: Parameters<typeof jsonLines>[0], layout?: JsonLayout) => jsonLines(value, layout).map(text);

const order = {
  id: 'SO-1',
  qty: 2,
  paid: null,
  address: { street: 'Kanalgade 4', zip: '8000' },
  lines: [{ sku: 'A', tags: ['x'] }],
  none: {},
};

describe('the lines of a JSON value', () => {
  it('put one member on a line and keep short flat containers together', () => {
    expect(drawn(order)).toEqual([
      '{',
      '  "id": "SO-1",',
      '  "qty": 2,',
      '  "paid": null,',
      '  "address": { "street": "Kanalgade 4", "zip": "8000" },',
      '  "lines": [',
      '    {',
      '      "sku": "A",',
      '      "tags": [ "x" ]',
      '    }',
      '  ],',
      '  "none": {}',
      '}',
    ]);
  });

  it('parse back to the value while nothing is cut or folded', () => {
    expect(JSON.parse(drawn(order).join('\n'))).toEqual(order);
  });

  it('show a scalar, an empty object and an empty list alone', () => {
    expect([drawn('a "quoted" text'), drawn(0.1), drawn({}), drawn([])]).toEqual([
      ['"a \\"quoted\\" text"'],
      ['0.1'],
      ['{}'],
      ['[]'],
    ]);
  });

  it('summarise a folded container and say how much it holds', () => {
    expect(drawn(order, { folded: new Set(['/lines']) })).toContain('  "lines": [ 1 item ],');
    expect(drawn(order, { folded: new Set(['']) })).toEqual(['{ 6 fields }']);
  });

  it('cut a long text and a long list until they are asked for', () => {
    const long = { text: 'x'.repeat(longTextChars + 1), list: Array.from({ length: 1200 }, (_, index) => index) };
    const cut = drawn(long);
    expect(cut[1]).toMatch(/x… \[Show all 401 characters\]$/);
    expect(cut).toHaveLength(1 + 1 + 1 + longListItems + 1 + 1 + 1);
    expect(cut.at(-3)).toBe('    …  [Show all 1\u00a0200]');
    expect(JSON.parse(drawn(long, { shown: new Set(['/text', '/list']) }).join('\n'))).toEqual(long);
  });

  it('keep the pointer of names with slashes and tildes', () => {
    expect(jsonLines({ 'a/b~c': { d: [{}, { e: 1 }] } }).map((line) => line.pointer)).toContain('/a~1b~0c/d/1');
  });
});

describe('the line of a pointer', () => {
  const lines = jsonLines(order);
  it('is its own, or that of the container it is drawn inside', () => {
    expect(lineOf(lines, '/qty')).toBe(2);
    expect(lineOf(lines, '/address/zip')).toBe(4);
    expect(lineOf(lines, '/lines')).toBe(5);
    expect(lineOf(lines, '/missing/deep')).toBe(0);
  });
});
