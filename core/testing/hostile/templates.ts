/** Templates that mean harm: what is in a document or in its data must never be more than that. */
import type { JsonValue } from '@/core/json';

/** A template, and how evaluating it on `{event: {data: hostileTemplateData}}` ends: with a code, or with this value. */
export interface HostileTemplate {
  readonly what: string;
  readonly template: JsonValue;
  readonly ends: { readonly code: string } | { readonly value: JsonValue };
}

export const hostileTemplateData = {
  braces: '{{ $error("evaluated") }}',
  secret: { $secret: 'token' },
  lone: '\ud800',
  nul: '\u0000',
};

const nested = (depth: number): JsonValue => Array.from({ length: depth }).reduce<JsonValue>((inner) => [inner], 1);

export const hostileTemplates: readonly HostileTemplate[] = [
  {
    what: 'data that looks like a template',
    template: '{{ event.data.braces }}',
    ends: { value: hostileTemplateData.braces },
  },
  {
    what: 'data that looks like one, joined to text',
    template: 'a {{ event.data.braces }}',
    ends: { value: `a ${hostileTemplateData.braces}` },
  },
  { what: 'an expression that makes an expression', template: '{{ "{" & "{ 1 }}" }}', ends: { value: '{{ 1 }}' } },
  { what: 'strange characters', template: '{{ event.data.lone & event.data.nul }}', ends: { value: '\ud800\u0000' } },
  { what: 'an expression that is never closed', template: '{{ 1', ends: { code: 'expression.invalid' } },
  { what: 'braces in braces', template: '{{ {{ 1 }} }}', ends: { code: 'expression.invalid' } },
  {
    what: 'an expression of a thousand brackets',
    template: `{{ ${'('.repeat(1000)}1${')'.repeat(1000)} }}`,
    ends: { code: 'expression.limit' },
  },
  { what: 'a long expression', template: `{{ ${'1 + '.repeat(5000)}1 }}`, ends: { code: 'expression.limit' } },
  { what: 'a missing value in text', template: 'a{{ event.data.nothing }}', ends: { code: 'expression.missing' } },
  { what: 'depth', template: nested(40), ends: { value: nested(40) } },
];
