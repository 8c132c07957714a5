/**
 * What somebody typed, read back as the answer. Every control holds text: of a choice its place in the list, of a tick box
 * whether it is there. Refuses only what cannot be read at all; whether the answer fits is the schema's to say.
 */
import type { Fault } from '@/core/errors';
import type { FormField } from '@/core/forms/form-of';
import type { JsonValue } from '@/core/json';

/** Texts by JSON pointer into the answer; absent: left alone. */
export type FormEntries = Readonly<Record<string, readonly string[]>>;

/** A tick box that is ticked. */
export const ticked = 'yes';

/** What the form shows before anybody has touched it. */
export function initialEntries(field: FormField): FormEntries {
  switch (field.kind) {
    case 'group':
      return Object.assign({}, ...field.fields.map(initialEntries));
    case 'yesNo':
      return { [field.pointer]: field.isTicked ? [ticked] : [] };
    case 'choice':
    case 'choices':
      return { [field.pointer]: field.initial.map(String) };
    default:
      return { [field.pointer]: [field.initial] };
  }
}

export interface ReadForm {
  /** Undefined: nothing was given. */
  readonly value: JsonValue | undefined;
  /** Pointers into the answer. */
  readonly faults: readonly Fault[];
}

export function readForm(field: FormField, entries: FormEntries): ReadForm {
  if (field.kind === 'group') return readGroup(field, entries);
  const given = entries[field.pointer] ?? [];
  if (field.kind === 'yesNo') return { value: given.includes(ticked), faults: [] };
  if (field.kind === 'choices') {
    return { value: field.choices.filter((_, at) => given.includes(String(at))).map(({ value }) => value), faults: [] };
  }
  const text = given[0] ?? '';
  if (text.trim() === '') return nothing(field);
  if (field.kind === 'choice') {
    const chosen = field.choices.find((_, at) => String(at) === text);
    return chosen === undefined ? nothing(field) : { value: chosen.value, faults: [] };
  }
  return readText(field, text);
}

function readGroup(field: Extract<FormField, { kind: 'group' }>, entries: FormEntries): ReadForm {
  const read = field.fields.map((member) => ({ name: nameOf(member), ...readForm(member, entries) }));
  const members = read.flatMap(({ name, value }): [string, JsonValue][] =>
    value === undefined ? [] : [[name, value]],
  );
  const faults = read.flatMap((member) => member.faults);
  // A part that may be left out is, when nothing in it says anything; a tick box that is not ticked says nothing.
  const isEmpty = members.every(([, value]) => value === false || (Array.isArray(value) && value.length === 0));
  if (!field.isRequired && isEmpty && faults.length === 0) return { value: undefined, faults };
  return { value: Object.fromEntries(members), faults };
}

function nothing(field: FormField): ReadForm {
  if (!field.isRequired) return { value: undefined, faults: [] };
  if (field.isNullable) return { value: null, faults: [] };
  return {
    value: undefined,
    faults: [{ pointer: field.pointer, code: 'field.required', message: 'This is required.' }],
  };
}

function readText(field: FormField, text: string): ReadForm {
  const fault = (message: string): ReadForm => ({
    value: undefined,
    faults: [{ pointer: field.pointer, code: 'field.invalid', message }],
  });
  switch (field.kind) {
    case 'number':
    case 'integer': {
      const number = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text.trim()) ? Number(text) : Number.NaN;
      if (!Number.isFinite(number)) return fault('A number is expected, such as 12 or 12.5.');
      return field.kind === 'integer' && !Number.isInteger(number)
        ? fault('A whole number is expected.')
        : { value: number, faults: [] };
    }
    case 'lines': {
      const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
      return { value: lines, faults: [] };
    }
    case 'json':
      try {
        return { value: JSON.parse(text) as JsonValue, faults: [] };
      } catch (error) {
        return fault(`This is no JSON: ${error instanceof Error ? error.message : String(error)}`);
      }
    case 'text':
      // What a browser sends by a form has the line ends of the 1970s.
      return { value: text.replaceAll('\r\n', '\n'), faults: [] };
    default:
      return { value: text, faults: [] };
  }
}

/** The last part of its pointer, unescaped (RFC 6901). */
const nameOf = ({ pointer }: FormField): string =>
  pointer
    .slice(pointer.lastIndexOf('/') + 1)
    .replaceAll('~1', '/')
    .replaceAll('~0', '~');
