/**
 * Expressions that mean harm, and the data they are evaluated on: each asks for more time or memory than there is, in a
 * way of its own. Data for tests of the evaluator and of whole runs.
 */
import type { JsonObject } from '@/core/json';
import { limits } from '@/core/limits';

/** What makes an object a promise to those who do not look closer. */
const thenable = 'then';

/** Posing as the objects that JSONata implementations use for functions, promises and iterators. */
export const disguises = {
  lambda: {
    _jsonata_lambda: true,
    thunk: true,
    arguments: [{ value: 'x' }],
    body: { type: 'function', procedure: { type: 'variable', value: 'eval' }, arguments: [] },
    input: null,
    environment: { base: {} },
  },
  native: { _jsonata_function: true, implementation: 'x' },
  promise: { [thenable]: { _jsonata_lambda: true } },
  sequence: { sequence: true, length: 3, keepSingleton: true, cons: true, tupleStream: true },
};

/** Data of the event. */
export const hostileData: JsonObject = {
  a: 'x'.repeat(50_000),
  ab: `${'a'.repeat(30)}!`,
  digits: '1'.repeat(100),
  items: Array.from({ length: 2000 }, (_, n) => ({ n, name: `name ${n}` })),
  disguises,
};

const doubled = (start: string, step: string): string => `$reduce([1..60], function($a, $b){ ${step} }, ${start})`;

/** What it does, and the expression. Every one must end at a limit. */
export const endlessExpressions: readonly (readonly [string, string])[] = [
  ['recursion', '($f := function($n){ 1 + $f($n + 1) }; $f(0))'],
  ['recursion in tail position', '($f := function($n){ $f($n + 1) }; $f(0))'],
  ['two functions that call each other', '($f := function($n){ $g($n) }; $g := function($n){ $f($n) }; $f(0))'],
  ['recursion without a name', '(function($f){ $f($f) })(function($f){ $f($f) })'],
  ['recursion through a built-in', '($f := function($x){ $map([1, 2], $f) }; $f(1))'],
  ['recursion through a pipe', '($f := function($x){ $x ~> $f }; $f(1))'],
  ['recursion through a partial application', '($f := function($x, $y){ $f(?, $y)($x) }; $f(1, 2))'],
  ['recursion in a predicate', '($f := function($x){ [1, 2][$f($)] }; $f(1))'],
  ['deep brackets called deeply', `($f := function($x){ ${'('.repeat(60)}1 + $f($x)${')'.repeat(60)} }; $f(1))`],
  ['a huge range', '[1..1000000000]'],
  ['a range beyond all numbers', '[-9000000000000000..9000000000000000]'],
  ['many ranges', '[1..1000].[1..1000].[1..1000]'],
  ['a map over a huge range', '$map([1..2000000], function($v){ $v })'],
  ['a cross product', 'event.data.items@$a.items@$b.{"a": $a.n, "b": $b.n}'],
  ['a search of everything in everything', 'event.data.items[n in $$.event.data.items.n].(n in $$.event.data.items.n)'],
  ['a predicate of many positions', '($all := [0..1999]; event.data.items[$all])'],
  ['padding', '$pad("x", 1000000000)'],
  ['padding to the left', '$pad("x", -1e300)'],
  ['a text that doubles', doubled('"xx"', '$a & $a')],
  ['a text that doubles by joining', doubled('"xx"', '$join([$a, $a])')],
  ['a text that doubles by replacing', doubled('"xx"', '$replace($a, "x", "xx")')],
  ['a list that doubles', doubled('[1, 2]', '$append($a, $a)')],
  ['a list that doubles in brackets', doubled('[1, 2]', '[$a, $a]')],
  ['shared parts written as text', `$string(${doubled('[1, 2]', '[[$a], [$a]]')})`],
  ['shared parts joined to text', `${doubled('[1, 2]', '[[$a], [$a]]')} & ""`],
  ['shared parts compared', `(${doubled('[1]', '[[$a], [$a]]')} = ${doubled('[1]', '[[$a], [$a]]')})`],
  ['shared parts taken apart', `$count((${doubled('[1, 2]', '[[$a], [$a]]')}).**)`],
  ['shared parts made distinct', `$distinct([${doubled('[1]', '[[$a], [$a]]')}, 1])`],
  ['shared parts cloned', `(${doubled('{"a": 1}', '{"l": $a, "r": $a}')}) ~> |$|{"x": 1}|`],
  ['shared parts whose names are asked', `$keys(${doubled('[1]', '[[$a], [$a]]')})`],
  ['shared parts spread', `$spread(${doubled('[1]', '[[$a], [$a]]')})`],
  ['shared parts as a condition', `$boolean(${doubled('[0, 0]', '[[$a], [$a]]')})`],
  ['a value nested without end', '$reduce([1..5000], function($a, $b){ [[$a]] }, 0)'],
  ['a value that contains itself', '({"a": 1} ~> |$|{"self": $}|)'],
  ['a value that contains itself, as text', '$string({"a": 1} ~> |$|{"self": $}|)'],
  ['a value that contains itself, compared', '($x := {} ~> |$|{"s": $}|; $y := {} ~> |$|{"s": $}|; $x = $y)'],
  ['a value that contains itself, searched', '$count(({"a": 1} ~> |$|{"self": $}|).**)'],
  ['grouping shared lists', '($b := [1..1000000]; $m := $map([1..1000], function(){ $b }); $m{"all": $count($)})'],
  ['splitting into characters over and over', '[1..1000].$split($$.event.data.a, "")'],
  ['a sort that always swaps', '$sort([1..100000], function($a, $b){ true })'],
  ['distinct over a huge range', '$distinct([1..2000000])'],
  ['a repeated join', '$join($split($pad("", 1000000), ""), $pad("", 1000))'],
  [
    'an output larger than a step may have',
    `$map([1..${Math.ceil(limits.stepOutputBytes / 50_000)}], function(){ $$.event.data.a })`,
  ],
  ['a pattern that looks at everything behind each match', '$count($match($$.event.data.a, /x(.*y)?/))'],
  ['a pattern of many instructions on a long text', '$match($$.event.data.a, /((x{1,100}y?){1,9})(z)?$/)[10000]'],
];
