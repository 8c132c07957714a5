import { describe, expect, test } from 'vitest';
import { isHeadraceError } from '@/core/errors';
import { compileTemplate, type ExpressionFrame, evaluateTemplate, seededRandom } from '@/core/expression';
import type { JsonValue } from '@/core/json';
import { disguises, endlessExpressions, hostileData } from '@/core/testing/hostile/expressions';

const frame: ExpressionFrame = { event: { data: hostileData } };

function outcomeOf(source: string): { code: string } | { value: JsonValue | undefined } {
  const { template, faults } = compileTemplate(`{{ ${source} }}`);
  const [fault] = faults;
  if (fault) {
    return { code: `compile ${fault.code}` };
  }
  try {
    return { value: evaluateTemplate(template, frame, { nowMs: 0, random: seededRandom('hostile') }) };
  } catch (error) {
    if (!isHeadraceError(error)) {
      throw error;
    }
    return { code: error.code };
  }
}

describe('an expression that would not end or would fill the memory is stopped at a limit', () => {
  test.each(endlessExpressions)('%s', (_name, source) => {
    expect(outcomeOf(source)).toEqual({ code: 'expression.limit' });
  });
});

describe('a pattern that makes others backtrack', () => {
  test.each<[string, string, JsonValue]>([
    ['nested repetition', '$contains(event.data.ab, /^(a+)+$/)', false],
    ['alternatives that overlap', '$contains(event.data.ab, /^(a|aa|a?)+$/)', false],
    ['repetition behind repetition', '$contains(event.data.a, /^x*x*x*x*x*x*y/)', false],
  ])('ends at once: %s', (_name, source, value) => {
    expect(outcomeOf(source)).toEqual({ value });
  });

  test.each<[string, string]>([
    ['repetition of repetition', '$match(event.data.a, /((x{1,1000}){1,1000}){1,1000}/)'],
    ['a large class of large repetitions', `$match(event.data.a, /${'x{1,900}'.repeat(9)}/)`],
  ])('is refused when it is too large: %s', (_name, source) => {
    expect(outcomeOf(source)).toEqual({ code: 'compile expression.invalid' });
  });
});

describe('pictures that make the formatter loop or backtrack are refused', () => {
  test.each<[string]>([
    ['$formatNumber(1, "#", {"grouping-separator": ""})'],
    ['$formatNumber(1, "#.", {"zero-digit": ""})'],
    ['$formatNumber(1, "0", {"decimal-separator": "0", "zero-digit": "0"})'],
    ['$formatNumber(1, $pad("", 100000, "#,"))'],
    ['$formatInteger(1e15, "I")'],
    ['$formatInteger(1, $pad("", 100000, "0"))'],
    ['$fromMillis(0, "[Y,*-999999999]")'],
    ['$fromMillis(1e300)'],
    ['$fromMillis(0, "[Y]", "+99999999999")'],
    ['$toMillis(event.data.digits, "[Y]1[M]1[D]1[H]1[m]1[s]1[f]")'],
    ['$toMillis(event.data.digits, "[Y][Y][Y][Y][Y][Y][Y][Y][Y]")'],
    ['$toMillis(event.data.a, "[Yw]")'],
    ['$toMillis("MayMay", "[MNn][FNn][PNn]")'],
    ['$parseInteger(event.data.a, "w")'],
    ['$formatBase(1, 99)'],
  ])('%s', (source) => {
    expect(outcomeOf(source)).toEqual({ code: 'expression.failed' });
  });
});

describe('the objects of JavaScript stay out of reach', () => {
  test.each<[string, string]>([
    ['the prototype of data', 'event.__proto__'],
    ['the constructor of data', 'event.constructor'],
    ['the constructor of a text', 'event.data.ab.constructor'],
    ['the length of a list', 'event.data.items.length'],
    ['the constructor by $lookup', '$lookup(event, "constructor")'],
    [
      'inherited methods',
      'event.toString & event.hasOwnProperty ?: event.valueOf'.replace(' & event.hasOwnProperty', ''),
    ],
    ['the insides of a function', '($f := function($x){ $x }; $f.scope)'],
    ['the environment of a function', '($f := function($x){ $x }; $f.context)'],
    ['the implementation of a built-in', '($f := $sum; $f.run)'],
    ['the names of a function', '$keys($sum)'],
    ['the parts of a function', '($f := $sum; $f.*)'],
    ['the engine behind a match', '$match("a", /a/).next'],
  ])('%s is nothing', (_name, source) => {
    expect(outcomeOf(source)).toEqual({ value: undefined });
  });

  test.each<[string, string, string]>([
    ['calling a constructor', 'event.constructor("return 1")()', 'expression.failed'],
    ['a variable named like a constructor', '$constructor', 'compile expression.invalid'],
    ['a call of a prototype', '$__proto__()', 'compile expression.invalid'],
    ['a member named __proto__', '{"__proto__": {"polluted": true}}', 'expression.failed'],
    ['a merge into the prototype', '$merge([{"a": 1}, {"__proto" & "__": {"polluted": true}}])', 'expression.failed'],
    ['a group named __proto__', 'event.data.items{"__proto__": n}', 'expression.failed'],
    ['a transform of the prototype', '{"a": 1} ~> |$|{"__proto__": 1}|', 'expression.failed'],
    ['a function among the members', '{"then": function($resolve){ $resolve(1) }}', 'expression.failed'],
    ['a pattern that poses as a promise', '{"then": $match("a", /a/) ? ($r := /a/) : 1}', 'expression.failed'],
    ['the source of a function', '$string($sum) = "" ? $sum : 1', 'expression.failed'],
    ['text run as an expression', '$eval("1")', 'compile expression.invalid'],
    ['text run as an expression by another name', '($e := $eval; $e("1"))', 'compile expression.invalid'],
  ])('%s is an error', (_name, source, code) => {
    expect(outcomeOf(source)).toEqual({ code });
  });

  test('data that poses as functions, promises or sequences is data', () => {
    expect(outcomeOf('event.data.disguises')).toEqual({ value: disguises });
    expect(outcomeOf('$map([1], function(){ $$.event.data.disguises.lambda })')).toEqual({ value: disguises.lambda });
    expect(outcomeOf('$type(event.data.disguises.native)')).toEqual({ value: 'object' });
    expect(outcomeOf('event.data.disguises.promise.then._jsonata_lambda')).toEqual({ value: true });
    expect(outcomeOf('event.data.disguises.lambda(1)')).toEqual({ code: 'expression.failed' });
    expect(outcomeOf('$string(event.data.disguises.sequence)')).toEqual({ value: JSON.stringify(disguises.sequence) });
  });

  test('a variable may be called __proto__ without being one', () => {
    expect(outcomeOf('($__proto__ := {"a": 1}; $__proto__.a)')).toEqual({ value: 1 });
    expect(outcomeOf('event.data.items[0]#$__proto__.{"at": $__proto__}')).toEqual({ value: { at: 0 } });
  });

  test('nothing of it reached the prototype of objects', () => {
    expect(Reflect.ownKeys(Object.prototype)).not.toContain('polluted');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('malformed texts', () => {
  test.each<[string]>([
    ['$encodeUrlComponent("\\ud800")'],
    ['$decodeUrl("%")'],
    ['$base64decode("*")'],
    ['$base64decode("/w==")'],
    ['$replace("abc", /x*/, "y")'],
    ['$replace("abc", "", "y")'],
    ['$match("a", function($s){ {"match": 1} })'],
  ])('are failures: %s', (source) => {
    expect(outcomeOf(source)).toEqual({ code: 'expression.failed' });
  });
});

describe('a template with very many expressions', () => {
  test('is stopped at a limit for all of them together', () => {
    const busy = '{{ $sum([1..50000].($ * 2)) }}';
    const { template, faults } = compileTemplate(Array.from({ length: 100 }, () => busy));
    expect(faults).toEqual([]);
    expect(() => evaluateTemplate(template, frame, { nowMs: 0, random: () => 0 })).toThrow(
      expect.objectContaining({ code: 'expression.limit' }),
    );
  });
});

describe('honest work stays within the limits', () => {
  test.each<[string, string, JsonValue]>([
    ['a pass over thousands of items', '$sum(event.data.items[n % 2 = 0].(n * 2))', 1_998_000],
    ['flattening their lists', '$count($map(event.data.items, function($i){ [$i.n, $i.name] }).($))', 4000],
    ['grouping them', '$count($keys(event.data.items{$string(n % 7): name}))', 7],
    ['sorting them', 'event.data.items^(>n)[0].n', 1999],
    ['recursion a hundred deep', '($f := function($n){ $n = 0 ? 0 : 1 + $f($n - 1) }; $f(100))', 100],
    ['ten thousand calls in tail position', '($f := function($n){ $n = 0 ? "done" : $f($n - 1) }; $f(10000))', 'done'],
    ['splitting a large text', '$count($split(event.data.a, "x"))', 50_001],
    ['replacing throughout a large text', '$length($replace(event.data.a, "x", "yy"))', 100_000],
  ])('%s', (_name, source, value) => {
    expect(outcomeOf(source)).toEqual({ value });
  });
});
