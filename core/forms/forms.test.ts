import { describe, expect, it } from 'vitest';
import { type FormField, formOf } from '@/core/forms/form-of';
import { initialEntries, readForm } from '@/core/forms/read-form';
import type { JsonObject, JsonValue } from '@/core/json';

const object = (properties: JsonObject, rest: JsonObject = {}): JsonObject => ({ type: 'object', properties, ...rest });
const fieldsOf = (schema: JsonObject): readonly FormField[] => {
  const form = formOf(schema);
  return form.kind === 'group' ? form.fields : [form];
};
const kindsOf = (schema: JsonObject): string[] => fieldsOf(schema).map(({ pointer, kind }) => `${pointer} ${kind}`);
const typed = (schema: JsonObject, entries: Record<string, string[]>) => readForm(formOf(schema), entries);

describe('a form', () => {
  it('has a field for every member that a field can hold', () => {
    const schema = object({
      name: { type: 'string' },
      note: { type: 'string', maxLength: 2000 },
      mail: { type: 'string', format: 'email' },
      on: { type: 'string', format: 'date' },
      amount: { type: 'number' },
      count: { type: ['integer', 'null'] },
      agreed: { type: 'boolean' },
      size: { enum: ['S', 'M'] },
      colours: { type: 'array', items: { enum: ['red', 'blue'] } },
      tags: { type: 'array', items: { type: 'string' } },
      way: { oneOf: [{ const: 1, title: 'By sea' }, { const: 2 }] },
      'a/b': object({ deep: { type: 'string' } }),
    });
    expect(kindsOf(schema)).toEqual([
      '/name line',
      '/note text',
      '/mail email',
      '/on date',
      '/amount number',
      '/count integer',
      '/agreed yesNo',
      '/size choice',
      '/colours choices',
      '/tags lines',
      '/way choice',
      '/a~1b group',
    ]);
  });

  it('has JSON for what is more than a field', () => {
    const hard: JsonObject[] = [
      { $ref: '#/$defs/x' },
      { anyOf: [{ type: 'string' }, { type: 'number' }] },
      { oneOf: [{ const: 1 }, { type: 'string' }] },
      { type: 'array', items: { type: 'object', properties: {} } },
      { type: 'array', items: { allOf: [], enum: [1] } },
      { type: 'object', additionalProperties: { type: 'string' } },
      { type: ['string', 'number'] },
      {},
    ];
    for (const schema of hard) expect(kindsOf(object({ x: schema }))).toEqual(['/x json']);
    expect(kindsOf({ type: 'string' })).toEqual([' line']);
    expect(kindsOf({ allOf: [{}] })).toEqual([' json']);
  });

  it('does not go down for ever', () => {
    let schema: JsonObject = object({ x: { type: 'string' } });
    for (let depth = 0; depth < 20; depth += 1) schema = object({ x: schema });
    expect(JSON.stringify(formOf(schema))).toContain('"kind":"json"');
  });

  it('calls a field by its title, else by its name in words', () => {
    const names = fieldsOf(object({ orderNumber: {}, due_date: {}, x: { title: 'Why' }, '': {} })).map(
      ({ label }) => label,
    );
    expect(names).toEqual(['Order number', 'Due date', 'Why', '']);
  });

  it('shows defaults before anybody has touched it', () => {
    const schema = object({
      a: { type: 'string', default: 'x' },
      b: { type: 'number', default: 3 },
      c: { type: 'boolean', default: true },
      d: { enum: ['p', 'q'], default: 'q' },
      e: { type: 'array', items: { enum: [1, 2] }, default: [2] },
      f: { type: 'array', items: { type: 'string' }, default: ['u', 'v'] },
      g: { default: { k: 1 } },
    });
    expect(readForm(formOf(schema), initialEntries(formOf(schema)))).toEqual({
      value: { a: 'x', b: 3, c: true, d: 'q', e: [2], f: ['u', 'v'], g: { k: 1 } },
      faults: [],
    });
  });
});

describe('what was typed', () => {
  it.each<[string, JsonObject, string[], JsonValue | undefined]>([
    ['text', { type: 'string' }, [' a '], ' a '],
    ['lines of text as they are', { type: 'string', maxLength: 500 }, ['a\r\nb'], 'a\nb'],
    ['a number', { type: 'number' }, [' -1.5e2 '], -150],
    ['a whole number', { type: 'integer' }, ['7'], 7],
    ['a tick', { type: 'boolean' }, ['yes'], true],
    ['no tick', { type: 'boolean' }, [], false],
    ['a choice that is no text', { enum: [10, null, { a: 1 }] }, ['2'], { a: 1 }],
    ['a choice there is not', { enum: [10] }, ['7'], undefined],
    ['several choices', { type: 'array', items: { enum: ['a', 'b', 'c'] } }, ['2', '0'], ['a', 'c']],
    ['a line each', { type: 'array', items: { type: 'string' } }, ['a\r\n\nb '], ['a', 'b ']],
    ['JSON', {}, ['{"a": [1]}'], { a: [1] }],
    ['nothing', { type: 'string' }, ['  '], undefined],
    ['nothing at all', { type: 'string' }, [], undefined],
  ])('is read as %s', (_what, schema, given, value) => {
    const expected = value === undefined ? {} : { x: value };
    expect(typed(object({ x: schema }), { '/x': given })).toEqual({ value: expected, faults: [] });
  });

  it.each<[string, JsonObject, string]>([
    ['a word for a number', { type: 'number' }, 'twelve'],
    ['hexadecimal', { type: 'number' }, '0x10'],
    ['no end', { type: 'number' }, '1e999'],
    ['half a thing', { type: 'integer' }, '1.5'],
    ['no JSON', {}, '{'],
  ])('is refused where it cannot be read: %s', (_what, schema, text) => {
    expect(typed(object({ x: schema }), { '/x': [text] }).faults).toMatchObject([
      { pointer: '/x', code: 'field.invalid' },
    ]);
  });

  it('names every field that is required and empty', () => {
    const schema = object(
      { a: { type: 'string' }, b: { enum: [1] }, c: { type: ['string', 'null'] } },
      { required: ['a', 'b', 'c'] },
    );
    const read = typed(schema, {});
    expect(read.faults.map(({ pointer, code }) => `${code} ${pointer}`)).toEqual([
      'field.required /a',
      'field.required /b',
    ]);
    expect(read.value).toEqual({ c: null });
  });

  it('leaves out a part in which nothing was said', () => {
    const part = object({ street: { type: 'string' }, isLift: { type: 'boolean' } }, { required: [] });
    expect(typed(object({ address: part }), {}).value).toEqual({});
    expect(typed(object({ address: part }, { required: ['address'] }), {}).value).toEqual({
      address: { isLift: false },
    });
    expect(typed(object({ address: part }), { '/address/street': ['x'] }).value).toEqual({
      address: { street: 'x', isLift: false },
    });
  });

  it('takes names that mean something to JavaScript for names', () => {
    const schema = object({ constructor: { type: 'string' }, ['__proto__']: { type: 'string' } });
    const { value } = typed(schema, { '/constructor': ['a'], '/__proto__': ['b'] });
    expect(Object.keys(value as JsonObject).toSorted()).toEqual(['__proto__', 'constructor']);
  });
});
