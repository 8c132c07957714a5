import { describe, expect, test } from 'vitest';
import { compileTemplate, functionNames } from '@/core/expression';
import { limits } from '@/core/limits';

const faultsOf = (value: Parameters<typeof compileTemplate>[0]) => compileTemplate(value).faults;

describe('a template without expressions', () => {
  test('is constant and keeps the value as it was written', () => {
    const value = { a: ['x', 1, null, { b: 'no {braces}' }] };
    const { template, faults } = compileTemplate(value);
    expect(faults).toEqual([]);
    expect(template.isConstant).toBe(true);
    expect(template.references.roots.size).toBe(0);
  });
});

describe('faults', () => {
  test('are all collected, each with its pointer and the offset of what is wrong', () => {
    const { faults } = compileTemplate(
      { url: '{{ vars.base }}/{{ 1 + }}/{{ nme }}', body: [{ 'a/b': '{{ "x }}' }, '{{ }}'], fine: '{{ event.id }}' },
      { pointer: '/steps/3/config' },
    );
    expect(faults.map(({ pointer, code, offset }) => [pointer, code, offset])).toEqual([
      ['/steps/3/config/url', 'expression.invalid', 23],
      ['/steps/3/config/url', 'expression.invalid', 29],
      ['/steps/3/config/body/0/a~1b', 'expression.invalid', 0],
      ['/steps/3/config/body/1', 'expression.invalid', 2],
    ]);
  });

  test.each<[string, string, RegExp]>([
    ['an end that comes too early', '{{ event. }}', /ends too early/],
    ['a bracket that stays open', '{{ (event.id }}', /not closed/],
    ['braces that stay open', 'a {{ event.id', /\{\{ is opened and never closed/],
    ['an unknown name', '{{ body.id }}', /Unknown name body\. Did you mean event\.data\.body\?/],
    ['a field of the event without its root', '{{ subject }}', /Did you mean event\.subject\?/],
    ['an unknown name deep inside', '{{ $map(event.data, function($x){ $x & id }) }}', /Unknown name id/],
    ['an unknown function', '{{ $summ(event.data) }}', /Unknown name \$summ/],
    ['a function in the wrong case', '{{ $touppercase(1) & $Sum(1) }}', /Unknown name \$touppercase/],
    ['a function without its dollar', '{{ sum(event.data) }}', /did you mean \$sum\?/],
    ['an unbound variable', '{{ ($a := 1; $a + $b) }}', /Unknown name \$b/],
    ['the whole frame', '{{ $ }}', /stands for everything/],
    ['a wildcard over the frame', '{{ *.id }}', /wildcard/],
    ['running text as an expression', '{{ $eval(event.data) }}', /\$eval is not available/],
    ['a lookahead', '{{ $match(event.id, /a(?=b)/) }}', /lookahead and lookbehind are not available/],
    ['a backreference', '{{ $match(event.id, /(a)\\1/) }}', /backreferences are not available/],
    ['a regular expression without end', '{{ $match(event.id, /a', /not closed/],
    ['a number that is none', '{{ 1e999 }}', /out of range/],
    ['a signature that repeats in the middle', '{{ (function($a, $b)<n+s>{ 1 })(1, "x") }}', /repeat only its last/],
  ])('name %s', (_name, text, message) => {
    const [fault] = faultsOf(text);
    expect(fault?.message).toMatch(message);
    expect(fault?.code).toBe('expression.invalid');
  });

  test.each<[string, string]>([
    ['too long', `{{ "${'x'.repeat(limits.expressionLength)}" }}`],
    ['too many brackets', `{{ ${'('.repeat(250)}1${')'.repeat(250)} }}`],
    ['too long a chain of operators', `{{ ${'1+'.repeat(250)}1 }}`],
    ['too many signs', `{{ ${'-'.repeat(8000)}1 }}`],
    ['defaults of defaults, which the parser copies each time', `{{ ${'('.repeat(60)}event.a${' ?? 1)'.repeat(60)} }}`],
    ['too deep a value', `${'['.repeat(65)}"{{ event }}"${']'.repeat(65)}`],
  ])('stop what is %s', (name, text) => {
    const value = name === 'too deep a value' ? JSON.parse(text) : text;
    expect(faultsOf(value).map(({ code }) => code)).toEqual(['expression.limit']);
  });

  test('do not fall on names that the expression binds itself', () => {
    const fine = [
      '{{ ($x := event.data; $f := function($y){ $y + $x }; $f(1)) }}',
      '{{ event.data.items@$i#$at.{"item": $i, "at": $at} }}',
      '{{ event.data.items.{"name": name, "parent": %.id} }}',
      '{{ event.data.items[price > 3 and $contains(name, "a")]^(>price).name }}',
      '{{ event.data.orders{customer: $sum(total)} }}',
      '{{ event.data ~> |items|{"seen": true}, ["secret"]| }}',
      '{{ event.data.a ?? event.data.b ?: "none" }}',
      '{{ $match(event.id, /[a-z]{2,3}\\/x/i) ?? [] }}',
    ];
    for (const text of fine) {
      expect(faultsOf(text), text).toEqual([]);
    }
  });
});

describe('references', () => {
  test('list the roots, steps and variables of all expressions', () => {
    const { template } = compileTemplate({
      a: '{{ steps.reserve.output.id }}/{{ vars.base }}',
      b: ['{{ steps.`charge`.error.code & $$.steps."ship".output }}', { c: '{{ run.id }}' }],
      d: '{{ event.data.steps.other }}',
    });
    expect([...template.references.roots].sort()).toEqual(['event', 'run', 'steps', 'vars']);
    expect([...template.references.steps].sort()).toEqual(['charge', 'reserve', 'ship']);
    expect([...template.references.vars]).toEqual(['base']);
    expect(template.references.hasDynamicSteps).toBe(false);
    expect(template.isConstant).toBe(false);
  });

  test.each(['{{ $lookup(steps, event.id) }}', '{{ steps.*.output }}', '{{ $keys(steps) }}', '{{ steps }}'])(
    'say that %s may read any step',
    (text) => {
      expect(compileTemplate(text).template.references.hasDynamicSteps).toBe(true);
    },
  );

  test('warn of roots that lost their meaning inside a predicate', () => {
    const { faults, warnings } = compileTemplate('{{ event.data.items[id = steps.pick.output.id] }}');
    expect(faults).toEqual([]);
    expect(warnings).toMatchObject([{ severity: 'warning', message: expect.stringContaining('$$.steps'), offset: 25 }]);
    expect(compileTemplate('{{ event.data.items[id = $$.steps.pick.output.id] }}').warnings).toEqual([]);
  });
});

test('every function of JSONata but $eval can be called', () => {
  const documented = `abs append assert average base64decode base64encode boolean ceil clone contains count
    decodeUrl decodeUrlComponent distinct each encodeUrl encodeUrlComponent error exists filter floor formatBase
    formatInteger formatNumber fromMillis join keys length lookup lowercase map match max merge millis min not now
    number pad parseInteger power random reduce replace reverse round shuffle sift single sort split spread sqrt string
    substring substringAfter substringBefore sum toMillis trim type uppercase zip`;
  expect([...functionNames].sort()).toEqual(documented.split(/\s+/).sort());
});
