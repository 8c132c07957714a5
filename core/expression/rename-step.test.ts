import { expect, test } from 'vitest';
import { renameStepReference } from '@/core/expression';

const rename = (text: string): string => renameStepReference(text, 'reserve', 'hold');

test.each<[string, string, string]>([
  ['a plain reference', '{{ steps.reserve.output.id }}', '{{ steps.hold.output.id }}'],
  ['each of several', '{{steps.reserve.a & steps.reserve.b}}', '{{steps.hold.a & steps.hold.b}}'],
  ['a reference from the root', '{{ x[$$.steps.reserve.id = id] }}', '{{ x[$$.steps.hold.id = id] }}'],
  ['a name in backquotes', '{{ steps.`reserve`.output }}', '{{ steps.`hold`.output }}'],
  ['a name in quotes', '{{ steps."reserve".output }}', '{{ steps."hold".output }}'],
  ['blanks and comments between', '{{ steps /* of */ .  reserve }}', '{{ steps /* of */ .  hold }}'],
  ['an expression that does not parse', '{{ steps.reserve. }}', '{{ steps.hold. }}'],
  ['an expression with an unknown name', '{{ nope + steps.reserve.n }}', '{{ nope + steps.hold.n }}'],
])('renames %s', (_name, before, after) => {
  expect(rename(before)).toBe(after);
});

test.each([
  'steps.reserve outside of braces',
  '{{ "steps.reserve" & \'steps.reserve\' }}',
  '{{ /* steps.reserve */ steps.reserved.output }}',
  '{{ event.steps.reserve.id }}',
  '{{ event.data.items[steps.reserve = 1] }}',
  '{{ event.reserve & vars.reserve }}',
  '{{ steps.reserve.output',
])('leaves %s as it is', (text) => {
  expect(rename(text)).toBe(text);
});

test('a value that does not refer to the step is returned itself', () => {
  const value = { a: ['{{ steps.other.output }}', 1], b: { c: null } };
  expect(renameStepReference(value, 'reserve', 'hold')).toBe(value);
});

test('what surrounds a reference in a document stays', () => {
  const value = { url: '{{vars.a}}/x/{{ steps.reserve.output.id }}?q', body: [{ n: 1 }, '{{ steps.reserve }}'] };
  expect(renameStepReference(value, 'reserve', 'hold')).toEqual({
    url: '{{vars.a}}/x/{{ steps.hold.output.id }}?q',
    body: [{ n: 1 }, '{{ steps.hold }}'],
  });
});

test('a new name that is a word of the grammar is quoted', () => {
  expect(renameStepReference('{{ steps.reserve.id }}', 'reserve', 'in')).toBe('{{ steps.`in`.id }}');
});
