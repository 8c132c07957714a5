import { expect, test } from 'vitest';
import { scanTemplate } from '@/core/expression';

/** The parts as strings: text as it is, expressions in angle brackets, what never closes in question marks. */
const outline = (text: string): string[] =>
  scanTemplate(text).map((part) =>
    part.kind === 'text' ? part.text : part.kind === 'expression' ? `<${part.source}>` : `?${part.text}?`,
  );

test.each<[string, string, string[]]>([
  ['plain text', 'a { b } c', ['a { b } c']],
  ['nothing', '', []],
  ['an expression alone', '{{ event.id }}', ['< event.id >']],
  ['expressions between text', 'a{{b}}c{{d}}', ['a', '<b>', 'c', '<d>']],
  ['nested objects whose braces touch the end', '{{{"a":{"b":1}}}}', ['<{"a":{"b":1}}>']],
  ['nested objects with a blank before the end', '{{ {"a":{"b":{}}} }}', ['< {"a":{"b":{}}} >']],
  ['braces in double quotes', '{{ "}}" }}x', ['< "}}" >', 'x']],
  ['braces in single quotes with an escaped quote', "{{ 'it\\'s }}' }}", ["< 'it\\'s }}' >"]],
  ['braces in a name in backquotes', '{{ event.`}}` }}', ['< event.`}}` >']],
  ['braces in a comment', '{{ 1 /* }} */ }}', ['< 1 /* }} */ >']],
  [
    'braces in a regular expression',
    '{{ $match(event.x, /a{2}\\}\\}\\/"/) }}',
    ['< $match(event.x, /a{2}\\}\\}\\/"/) >'],
  ],
  ['a division is no regular expression', '{{ a / b }} / {{ c }}', ['< a / b >', ' / ', '< c >']],
  ['a division behind a bracket', '{{ (a) / b["x"] / 2 }}"', ['< (a) / b["x"] / 2 >', '"']],
  ['a wildcard before a division', '{{ $sum(*) / 2 }}', ['< $sum(*) / 2 >']],
  ['an open parenthesis does not swallow the rest', '{{ (a }} b', ['< (a >', ' b']],
  ['a stray closing brace', '{{ a } b }}', ['< a } b >']],
  ['opened and never closed', 'a {{ b', ['a ', '?{{ b?']],
  ['a quote that never closes', '{{ "b }} c', ['?{{ "b }} c?']],
  ['a brace of an object that never closes', '{{ {"a": 1 }}', ['?{{ {"a": 1 }}?']],
  ['a literal pair of braces', '{{ "{{" }}', ['< "{{" >']],
])('finds the expressions in %s', (_name, text, expected) => {
  expect(outline(text)).toEqual(expected);
});

test('parts follow each other without gaps and know their offsets', () => {
  const text = 'x {{ a }}{{b}} y {{ "open';
  const parts = scanTemplate(text);
  expect(parts.map(({ start, end }) => text.slice(start, end)).join('')).toBe(text);
  for (const part of parts) {
    if (part.kind === 'expression') {
      expect(text.slice(part.sourceStart, part.sourceStart + part.source.length)).toBe(part.source);
    }
  }
  expect(parts.at(-1)).toMatchObject({ kind: 'unclosed', start: 17, openToken: { kind: 'string', start: 20 } });
});
