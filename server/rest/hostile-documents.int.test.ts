/**
 * Puts a hostile value at every place of a document in turn, then creates, publishes and starts what is accepted. The
 * only claim is that none of it is a fault of ours: the harness fails on every answer from 500 on.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flowExamples } from '@/core/flow/examples';
import type { JsonValue } from '@/core/json';
import { type Api, openApi } from '@/server/testing/api';

let api: Api;
beforeAll(async () => {
  api = await openApi();
});
afterAll(() => api.close());

const hostile: readonly [name: string, value: JsonValue][] = [
  ['NUL', 'a\u0000b'],
  ['a lone surrogate', '\ud800'],
  ['a long string', 'x'.repeat(20_000)],
  ['a huge number', Number.MAX_VALUE],
  ['an object', { toString: 'x', length: -1 }],
];

type Path = readonly (string | number)[];

/** Every place of a value that holds no other. */
const leavesOf = (value: JsonValue, at: Path = []): Path[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, member]) =>
        leavesOf(member, [...at, Array.isArray(value) ? Number(key) : key]),
      )
    : [at];

function withValueAt(document: JsonValue, [key, ...rest]: Path, value: JsonValue): JsonValue {
  if (key === undefined) return value;
  if (Array.isArray(document)) {
    return document.map((member, index) => (index === key ? withValueAt(member, rest, value) : member));
  }
  const object = document as Record<string, JsonValue>;
  return { ...object, [key]: withValueAt(object[key] ?? null, rest, value) };
}

describe('a document', () => {
  it.each(hostile)(
    'with %s in any place is refused or works, and is never our fault',
    async (_, value) => {
      const example = flowExamples[0]?.document as unknown as Record<string, JsonValue>;
      const { canvas: _layout, ...document } = example;
      let accepted = 0;
      for (const place of leavesOf(document)) {
        const created = await api.call<{ id: string }>('POST /flows', { body: withValueAt(document, place, value) });
        if (created.status !== 201) continue;
        accepted += 1;
        await api.call(`POST /flows/${created.body.id}/publish`);
        await api.call(`POST /flows/${created.body.id}/runs`, { body: { draft: true, data: value } });
        // The webhook path is free for the next one.
        await api.call(`DELETE /flows/${created.body.id}`);
      }
      expect(accepted).toBeGreaterThan(0);
    },
    120_000,
  );
});
