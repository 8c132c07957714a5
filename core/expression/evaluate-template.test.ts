import { describe, expect, test } from 'vitest';
import { HeadraceError } from '@/core/errors';
import { compileTemplate, type ExpressionFrame, evaluateTemplate, isTruthy, seededRandom } from '@/core/expression';
import type { JsonValue } from '@/core/json';

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(freeze);
  }
  return Object.freeze(value);
}

const frame: ExpressionFrame = freeze({
  event: {
    id: 'e-1',
    data: {
      order: 'o1',
      amount: 12.5,
      note: null,
      empty: '',
      items: [
        { sku: 'a', price: 5, tags: ['x', 'y'] },
        { sku: 'b', price: 3, tags: [] },
      ],
      one: [{ sku: 'z' }],
    },
  },
  steps: { reserve: { output: { body: { id: 7, list: [1] } } } },
  run: { id: 'r-1' },
  vars: { base: 'http://stock' },
});

const clock = () => ({ nowMs: Date.UTC(2026, 0, 2, 3, 4, 5, 6), random: seededRandom('run:step:1') });

function evaluate(value: JsonValue, given: ExpressionFrame = frame): JsonValue | undefined {
  const { template, faults } = compileTemplate(value, { pointer: '/config' });
  expect(faults).toEqual([]);
  return evaluateTemplate(template, given, clock());
}

function failureOf(value: JsonValue): HeadraceError {
  const { template } = compileTemplate(value, { pointer: '/config' });
  try {
    evaluateTemplate(template, frame, clock());
  } catch (error) {
    expect(error).toBeInstanceOf(HeadraceError);
    return error as HeadraceError;
  }
  throw new Error('nothing was thrown');
}

describe('a string that is exactly one expression', () => {
  test.each<[string, JsonValue]>([
    ['{{ event.data.amount }}', 12.5],
    ['{{event.data.items}}', [...((frame.event as { data: { items: JsonValue[] } }).data.items ?? [])]],
    ['{{ event.data.note }}', null],
    ['{{ event.data.items.sku }}', ['a', 'b']],
    ['{{ event.data.items[price > 4].sku }}', 'a'],
    ['{{ event.data.items[price > 4].sku[] }}', ['a']],
    ['{{ event.data.one.sku }}', 'z'],
    ['{{ {"a": {"b": event.data.order}} }}', { a: { b: 'o1' } }],
    ['{{ $sum(event.data.items.price) = 8 }}', true],
    ['{{ "{{" }}', '{{'],
  ])('yields the value itself: %s', (text, value) => {
    expect(evaluate(text)).toStrictEqual(value);
  });

  test('yields plain arrays, without marks of the evaluator', () => {
    const result = evaluate('{{ {"skus": event.data.items.sku, "kept": event.data.one.sku[]} }}') as {
      skus: unknown[];
      kept: unknown[];
    };
    for (const array of [result.skus, result.kept]) {
      expect(Reflect.ownKeys(array).filter((key) => !/^\d+$/.test(String(key)))).toEqual(['length']);
    }
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
  });

  test('passes parts of the frame on without copying them', () => {
    expect(evaluate('{{ event.data.items }}')).toBe((frame.event as { data: { items: JsonValue } }).data.items);
  });
});

describe('expressions in text', () => {
  test('are joined with what stands around them', () => {
    expect(evaluate('{{ vars.base }}/r/{{ steps.reserve.output.body.id }}?q={{ true }}')).toBe(
      'http://stock/r/7?q=true',
    );
    expect(evaluate(' {{ event.data.amount }}')).toBe(' 12.5');
    expect(evaluate('x{{ event.data.empty }}')).toBe('x');
  });

  test('write structures as JSON and numbers as people do', () => {
    expect(evaluate('tags: {{ event.data.items[0].tags }}, sum: {{ 0.1 + 0.2 }}')).toBe('tags: ["x","y"], sum: 0.3');
  });

  test.each(['{{ event.data.nothing }}', '{{ event.data.note }}'])('fail when they have no value: a/%s', (text) => {
    const error = failureOf({ url: `a/${text}` });
    expect(error.code).toBe('expression.missing');
    expect(error.details).toMatchObject({ pointer: '/config/url', expression: text.slice(2, -2).trim() });
  });
});

describe('a missing value that stands alone', () => {
  test('leaves its member out, and null in an array', () => {
    expect(evaluate({ a: '{{ event.nothing }}', b: ['{{ event.nothing }}', 2], c: '{{ event.data.note }}' })).toEqual({
      b: [null, 2],
      c: null,
    });
  });

  test('is undefined when it is the whole template', () => {
    expect(evaluate('{{ event.nothing }}')).toBeUndefined();
    expect(evaluate('{{ item.x }}', {})).toBeUndefined();
  });
});

describe('constants', () => {
  test('are returned as they were written', () => {
    const value = { a: [1, { b: 'c' }] };
    expect(evaluate(value)).toBe(value);
  });
});

describe('results that are no JSON', () => {
  test.each<[string, string, RegExp]>([
    ['a function', '{{ $sum }}', /function/],
    ['a function inside', '{{ {"a": [function($x){ $x }]} }}', /function/],
    ['a regular expression', '{{ /a/ }}'.replace('/a/', '($r := /a/)'), /function/],
    ['a quotient by zero', '{{ 1 / 0 }}', /divides by zero/],
    ['a number too large', '{{ 1e308 * 10 }}', /too large/],
    ['a power too large', '{{ $power(10, 400) }}', /too large/],
  ])('are failures: %s', (_name, text, message) => {
    const error = failureOf(text);
    expect(error.code).toBe('expression.failed');
    expect(error.message).toMatch(message);
  });
});

describe('a failure', () => {
  test('says where in the template it happened', () => {
    const { code, details } = failureOf({ body: [{ n: 'n: {{ event.data.order * 2 }}' }] });
    expect(code).toBe('expression.failed');
    expect(details).toMatchObject({ pointer: '/config/body/0/n', offset: 23, expression: 'event.data.order * 2' });
  });

  test('points at the function that was called', () => {
    expect(failureOf('x{{ 1 + $uppercase(12) }}').details).toMatchObject({ offset: 8 });
  });

  test('is raised for a member that would replace the prototype', () => {
    const value = JSON.parse('{"__proto__": "{{ event.id }}"}');
    expect(failureOf(value).message).toMatch(/__proto__/);
  });

  test('is the compile fault where the template has one', () => {
    const error = failureOf({ a: '{{ event. }}' });
    expect(error.code).toBe('expression.invalid');
    expect(error.details).toMatchObject({ pointer: '/config/a' });
  });

  test.each<[string, RegExp]>([
    ['{{ event.data.order + 1 }}', /left side of \+ must be a number, not a value of type string/],
    ['{{ event.data.amount < "x" }}', /compares a number with a string/],
    ['{{ $number("abc") }}', /cannot read "abc" as a number/],
    ['{{ $uppercase(12) }}', /Argument 1 of \$uppercase cannot be a value of type number/],
    ['{{ $sum(event.data.items) }}', /must be a list of numbers/],
    ['{{ event.data.items.sku ~> $join(1) }}', /Argument 2 of \$join/],
    ['{{ $error("not yet " & event.id) }}', /^not yet e-1$/],
    ['{{ $assert(1 = 2, "unequal") }}', /^unequal$/],
    ['{{ event.data.order(1) }}', /Only a function can be called/],
    ['{{ {"a": 1, "a": 2} }}', /defined twice/],
    ['{{ $toMillis("yesterday") }}', /\$toMillis/],
  ])('explains itself: %s', (text, message) => {
    expect(failureOf(text).message).toMatch(message);
  });
});

describe('time and chance', () => {
  test('come from the clock of the attempt', () => {
    expect(evaluate(['{{ $now() }}', '{{ $millis() }}', '{{ $now("[Y0001]-[M01]-[D01]", "+0100") }}'])).toEqual([
      '2026-01-02T03:04:05.006Z',
      1767323045006,
      '2026-01-02',
    ]);
  });

  test('repeat themselves with the same seed', () => {
    const template = { a: '{{ $random() }}', b: '{{ $shuffle([1..20]) }}' };
    expect(evaluate(template)).toEqual(evaluate(template));
    const { a } = evaluate(template) as { a: number };
    expect(a).toBe(seededRandom('run:step:1')());
  });

  test('a date without a year is completed from the clock', () => {
    expect(evaluate('{{ $toMillis("24.12.", "[D01].[M01].") }}')).toBe(Date.UTC(2026, 11, 24));
  });
});

describe('the frame', () => {
  test('is not changed by a transform, which works on a copy', () => {
    expect(evaluate('{{ event.data ~> |items|{"sku": "changed"}, "price"| }}')).toMatchObject({
      items: [{ sku: 'changed', tags: ['x', 'y'] }, { sku: 'changed' }],
    });
  });

  test('cannot be reached by a transform that points elsewhere', () => {
    expect(failureOf('{{ {"a": 1} ~> |$$.event.data|{"order": "changed"}| }}').message).toMatch(
      /only parts of the value/,
    );
  });

  test('may be empty', () => {
    expect(evaluate('{{ event.data.x ?? steps.a.output ?? "none" }}', {})).toBe('none');
  });
});

describe('item and index', () => {
  test('are read like other roots', () => {
    expect(evaluate('{{ index }}:{{ item.sku }}', { item: { sku: 'q' }, index: 0 })).toBe('0:q');
  });
});

test('texts survive Base64 and URLs whatever they are written in', () => {
  expect(evaluate('{{ $base64encode("user:pässword€") }}')).toBe('dXNlcjpww6Rzc3dvcmTigqw=');
  expect(evaluate('{{ $base64decode("dXNlcjpww6Rzc3dvcmTigqw=") }}')).toBe('user:pässword€');
  expect(evaluate('{{ $decodeUrlComponent($encodeUrlComponent("ä b&c")) }}')).toBe('ä b&c');
});

test.each<[JsonValue | undefined, boolean]>([
  [undefined, false],
  [null, false],
  [false, false],
  [true, true],
  [0, false],
  [-1, true],
  ['', false],
  ['false', true],
  [[], false],
  [[0, ''], false],
  [[0, 1], true],
  [{}, false],
  [{ a: null }, true],
])('%j counts as %s', (value, expected) => {
  expect(isTruthy(value)).toBe(expected);
});

test('seeded random numbers repeat for a seed, differ between seeds and fill the unit interval', () => {
  const draw = (seed: string, count: number): number[] => Array.from({ length: count }, seededRandom(seed));
  expect(draw('a', 5)).toEqual(draw('a', 5));
  expect(draw('a', 5)).not.toEqual(draw('b', 5));
  const many = draw('spread', 2000);
  expect(Math.min(...many)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...many)).toBeLessThan(1);
  expect(many.filter((number) => number < 0.5).length).toBeGreaterThan(900);
  expect(many.filter((number) => number < 0.5).length).toBeLessThan(1100);
});
