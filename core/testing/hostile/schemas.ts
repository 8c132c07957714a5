/**
 * JSON Schemas that mean harm: refused when they are read, or given up when they cost too much. Data for tests of the
 * checker and of whole runs.
 */
import type { JsonObject, JsonValue } from '@/core/json';

export interface HostileSchema {
  readonly what: string;
  readonly schema: JsonObject;
  readonly data: JsonValue;
}

const chain = (length: number, link: (next: JsonObject, n: number) => JsonObject): JsonObject => ({
  $ref: '#/$defs/a0',
  $defs: {
    ...Object.fromEntries(Array.from({ length }, (_, n) => [`a${n}`, link({ $ref: `#/$defs/a${n + 1}` }, n)])),
    [`a${length}`]: { type: 'object' },
  },
});
/** A member of this name makes an object look like a promise. */
const consequence = 'then';
const numbers = Array.from({ length: 5000 }, (_, n) => n);

/** These cost too much. */
export const costlySchemas: readonly HostileSchema[] = [
  { what: 'references that double', schema: chain(60, (next) => ({ allOf: [next, next] })), data: {} },
  {
    what: 'alternatives that double',
    schema: chain(60, (next) => ({ oneOf: [next, next, false] as JsonValue[] as JsonObject[] })),
    data: {},
  },
  {
    what: 'negations that double',
    schema: chain(60, (next) => ({ not: { anyOf: [{ not: next }, { not: next }] } })),
    data: {},
  },
  { what: 'conditions that double', schema: chain(60, (next) => ({ if: next, [consequence]: next })), data: {} },
  {
    what: 'references that double below a word nobody knows',
    schema: {
      $ref: '#/hidden/a0',
      hidden: {
        ...Object.fromEntries(
          Array.from({ length: 60 }, (_, n) => [
            `a${n}`,
            { allOf: [{ $ref: `#/hidden/a${n + 1}` }, { $ref: `#/hidden/a${n + 1}` }] },
          ]),
        ),
        a60: true,
      },
    },
    data: {},
  },
  {
    what: 'every member against every pattern',
    schema: { patternProperties: Object.fromEntries(numbers.slice(0, 300).map((n) => [`^k${n}$`, true])) },
    data: Object.fromEntries(numbers.map((n) => [`k${n}`, n])),
  },
  {
    what: 'a long text against a large pattern',
    schema: { pattern: '((x{1,100}y?){1,9})(z)?$' },
    data: 'x'.repeat(1_000_000),
  },
  {
    what: 'lists in lists, looked at twice at each level',
    schema: {
      $ref: '#/$defs/list',
      $defs: { list: { allOf: [{ items: { $ref: '#/$defs/list' } }, { items: { $ref: '#/$defs/list' } }] } },
    },
    data: Array.from({ length: 24 }).reduce<JsonValue>((inner) => [inner], []),
  },
];

/** These are no schemas for us. */
export const refusedSchemas: readonly HostileSchema[] = [
  { what: 'a pattern that needs backtracking', schema: { pattern: '(a)\\1' }, data: 'aa' },
  { what: 'a pattern that unfolds to something huge', schema: { pattern: '((a{100}){10}b){10}' }, data: 'a' },
  { what: 'a reference to another document', schema: { $ref: 'https://example.com/schema' }, data: 1 },
  { what: 'a reference to a file', schema: { $ref: 'file:///etc/passwd' }, data: 1 },
  { what: 'a reference into a value', schema: { $ref: '#/const', const: { allOf: [{ $ref: '#/const' }] } }, data: 1 },
  { what: 'an asynchronous one', schema: { $async: true }, data: 1 },
  {
    what: 'one nested too deeply',
    schema: Array.from({ length: 20_000 }).reduce<JsonObject>((inner) => ({ not: inner }), {}),
    data: 1,
  },
];

/** These are checked like any other, whatever they look like. */
export const harmlessSchemas: readonly (HostileSchema & { readonly fits: boolean })[] = [
  {
    what: 'a pattern that makes others backtrack',
    schema: { pattern: '^(a+)+$' },
    data: `${'a'.repeat(50_000)}!`,
    fits: false,
  },
  {
    what: 'an id that closes a comment',
    schema: { $id: 'https://a/*/globalThis.polluted=1/*', type: 'number' },
    data: 1,
    fits: true,
  },
  {
    what: 'an id that closes a text',
    schema: { $id: '"+(globalThis.polluted=1)+"', type: 'number' },
    data: 1,
    fits: true,
  },
  {
    what: 'names of prototypes',
    schema: { required: ['__proto__', 'constructor'], properties: { toString: false } },
    data: {},
    fits: false,
  },
  { what: 'a reference to itself without end', schema: { allOf: [{ $ref: '#' }] }, data: 1, fits: false },
  { what: 'unique items, many', schema: { uniqueItems: true }, data: numbers.map((n) => [[n]]), fits: true },
  { what: 'lone surrogates', schema: { enum: ['\ud800'], pattern: '.' }, data: '\ud800', fits: true },
];
