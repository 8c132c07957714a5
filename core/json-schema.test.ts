import { describe, expect, it } from 'vitest';
import type { Fault } from '@/core/errors';
import { compileJsonSchema } from '@/core/json-schema';

const check = (schema: unknown, data: unknown): readonly Fault[] => {
  const compiled = compileJsonSchema(schema);
  return 'schema' in compiled ? compiled.schema.check(data, '/data') : compiled.faults;
};

describe('a schema', () => {
  it('finds no fault in data that fits', () => {
    expect(check({ type: 'object', required: ['id'] }, { id: 1 })).toEqual([]);
    expect(check(true, 'anything')).toEqual([]);
  });

  it('points at what does not fit, a missing or forbidden field included', () => {
    expect(check({ type: 'object', required: ['id'] }, {})).toMatchObject([
      { pointer: '/data/id', code: 'schema.violated' },
    ]);
    expect(check({ additionalProperties: false }, { 'a/b': 1 })).toMatchObject([{ pointer: '/data/a~1b' }]);
    expect(check({ items: { enum: ['a', 'b'] } }, ['a', 'c'])).toEqual([
      { pointer: '/data/1', code: 'schema.violated', message: 'Must be one of "a", "b".' },
    ]);
  });

  it('finds the first fault, or all of them when asked to', () => {
    const schema = { required: ['id'], properties: { a: { type: 'string' }, b: { minimum: 2 } } };
    expect(check(schema, { a: 1, b: 1 })).toHaveLength(1);
    const compiled = compileJsonSchema(schema, '', 'all');
    const faults = 'schema' in compiled ? compiled.schema.check({ a: 1, b: 1 }) : [];
    expect(faults.map(({ pointer }) => pointer).toSorted()).toEqual(['/a', '/b', '/id']);
  });

  it('reads draft 7 when it says so, and 2020-12 otherwise', () => {
    const tuple = [{ type: 'string' }];
    const draft7 = { $schema: 'http://json-schema.org/draft-07/schema#', items: tuple };
    expect(check(draft7, [1])).toHaveLength(1);
    expect(check({ prefixItems: tuple }, [1])).toHaveLength(1);
  });

  it('matches patterns in linear time', () => {
    const startedWith = `${'a'.repeat(50_000)}!`;
    expect(check({ pattern: '^(a+)+$' }, startedWith)).toHaveLength(1);
    expect(check({ allOf: [{ pattern: '^a' }, { pattern: '!$' }] }, startedWith)).toEqual([]);
  });

  it('that refers to itself without end refuses data instead of ending the process', () => {
    expect(check({ allOf: [{ $ref: '#' }] }, 1)).toMatchObject([{ pointer: '/data', code: 'schema.violated' }]);
  });

  it('compares long lists of anything without comparing every pair', () => {
    const items = Array.from({ length: 50_000 }, (_, n) => ({ n: [n] }));
    expect(check({ uniqueItems: true }, items)).toEqual([]);
    expect(check({ uniqueItems: true }, [{ a: 1, b: [2] }, 'x', { b: [2], a: 1 }])).toMatchObject([
      { pointer: '/data', message: 'Must NOT have duplicate items.' },
    ]);
    expect(check({ uniqueItems: false }, [1, 1])).toEqual([]);
    expect(check({ uniqueItems: true }, [1, '1', [1], true, 'true', null, 'null'])).toEqual([]);
  });

  it('takes data of megabytes as long as it looks at each part a few times', () => {
    const order = { type: 'object', required: ['id'], properties: { id: { type: 'integer', minimum: 0 } } };
    const many = Array.from({ length: 100_000 }, (_, id) => ({ id }));
    expect(check({ type: 'array', items: { $ref: '#/$defs/order' }, $defs: { order } }, many)).toEqual([]);
  });

  it('compares values as they are written, with whatever keys they have', () => {
    expect(check({ const: { properties: { a: 1 } } }, { properties: { a: 1 } })).toEqual([]);
    expect(check({ enum: [{ $ref: 'a#/enum' }] }, { $ref: 'a#/enum' })).toEqual([]);
    expect(check({ $ref: '#/properties/const', properties: { const: { type: 'object' } } }, {})).toEqual([]);
  });

  it('may carry the id of another one', () => {
    const withId = (type: string) => ({ $id: 'https://example.com/same', type });
    expect(check(withId('string'), 'text')).toEqual([]);
    expect(check(withId('number'), 7)).toEqual([]);
  });
});

describe('refused as a schema', () => {
  it.each<[string, unknown]>([
    ['what is not an object', 'text'],
    ['an unknown type', { type: 'objekt' }],
    ['a reference to another document', { $ref: 'https://example.com/schema' }],
    ['an asynchronous one', { $async: true }],
    ['a pattern that does not parse', { pattern: '(' }],
    ['a pattern that needs backtracking', { pattern: '(a)\\1' }],
    ['a pattern that unfolds to something huge', { pattern: '((a{100}){10}b){10}' }],
  ])('is %s', (_what, schema) => {
    expect(check(schema, null)).toMatchObject([{ code: 'schema.invalid' }]);
  });
});
