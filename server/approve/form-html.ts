/** The fields of a form as HTML controls, each with its label, what it is about and what is wrong with it. */
import type { Fault } from '@/core/errors';
import type { Choice, FormField } from '@/core/forms/form-of';
import { type FormEntries, ticked } from '@/core/forms/read-form';
import { toHtml } from '@/server/approve/html';

/** Names of controls: this and a pointer into the answer. */
export const answerPrefix = 'answer';

export interface FormState {
  readonly entries: FormEntries;
  /** Pointers into the answer. */
  readonly faults: readonly Fault[];
}

/** What every control needs of its field. */
interface Parts {
  readonly id: string;
  readonly name: string;
  /** What was typed or chosen. */
  readonly given: readonly string[];
  /** Ids of what describes it. */
  readonly about: string;
  readonly isWrong: boolean;
  /** Help and fault. */
  readonly below: string;
}

export function fieldHtml(field: FormField, state: FormState): string {
  if (field.kind === 'group') {
    const members = field.fields.map((member) => fieldHtml(member, state)).join('\n');
    if (field.pointer === '') return members;
    const { id, about, below } = partsOf(field, state);
    return `<fieldset id="${id}" tabindex="-1"${about}>${legend(field)}${below}${members}</fieldset>`;
  }
  const parts = partsOf(field, state);
  const { id, name, given, about, below } = parts;
  if (field.kind === 'yesNo') {
    return `<div class="field tick">${tick(field.label, ticked, given, `${attributes(parts)}`)}${below}</div>`;
  }
  if (field.kind === 'choices') {
    const boxes = field.choices.map(({ label }, at) => tick(label, String(at), given, `name="${name}"`)).join('');
    return `<fieldset id="${id}" tabindex="-1"${about}>${legend(field)}${boxes}${below}</fieldset>`;
  }
  const needs = field.isRequired && !field.isNullable;
  const label = `<label for="${id}">${toHtml(field.label)}${needs ? '' : ' <span class="optional">optional</span>'}</label>`;
  const required = needs ? ' required' : '';
  const control =
    field.kind === 'choice'
      ? `<select ${attributes(parts)}${required}>${optionsOf(field.choices, given)}</select>`
      : inputHtml(field, `${attributes(parts)}${required}`, given[0] ?? '');
  return `<div class="field">${label}${control}${below}</div>`;
}

function partsOf(field: FormField, { entries, faults }: FormState): Parts {
  const id = idOf(field.pointer);
  const fault = faults.find(({ pointer }) => pointer === field.pointer);
  const help = [field.help, helpOf[field.kind] ?? null].filter((line) => line !== null).join(' ');
  const ids = [...(help === '' ? [] : [`${id}-help`]), ...(fault === undefined ? [] : [`${id}-fault`])];
  return {
    id,
    name: toHtml(`${answerPrefix}${field.pointer}`),
    given: entries[field.pointer] ?? [],
    about: ids.length === 0 ? '' : ` aria-describedby="${ids.join(' ')}"`,
    isWrong: fault !== undefined,
    below: [
      help === '' ? '' : `<p class="help" id="${id}-help">${toHtml(help)}</p>`,
      fault === undefined ? '' : `<p class="fault" id="${id}-fault">${toHtml(fault.message)}</p>`,
    ].join(''),
  };
}

const helpOf: Partial<Record<FormField['kind'], string>> = { lines: 'One per line.', json: 'As JSON.' };

const attributes = ({ id, name, about, isWrong }: Parts): string =>
  `id="${id}" name="${name}"${about}${isWrong ? ' aria-invalid="true"' : ''}`;

const legend = ({ label }: FormField): string => `<legend>${toHtml(label)}</legend>`;

const tick = (label: string, value: string, given: readonly string[], attributes: string): string =>
  `<label><input type="checkbox" ${attributes} value="${value}"${given.includes(value) ? ' checked' : ''}> ${toHtml(label)}</label>`;

const optionsOf = (choices: readonly Choice[], given: readonly string[]): string =>
  `<option value="">Choose…</option>${choices
    .map(
      ({ label }, at) =>
        `<option value="${at}"${given.includes(String(at)) ? ' selected' : ''}>${toHtml(label)}</option>`,
    )
    .join('')}`;

type Input = Exclude<FormField, { kind: 'group' | 'yesNo' | 'choice' | 'choices' }>;

function inputHtml({ kind, placeholder }: Input, attributes: string, text: string): string {
  if (kind === 'text' || kind === 'lines' || kind === 'json') {
    const code = kind === 'json' ? ' class="code" spellcheck="false"' : '';
    // A browser drops the first line break behind the tag.
    return `<textarea ${attributes}${code} rows="4">\n${toHtml(text)}</textarea>`;
  }
  const hint = placeholder === null ? '' : ` placeholder="${toHtml(placeholder)}"`;
  return `<input ${inputType[kind]} ${attributes}${hint} value="${toHtml(text)}">`;
}

/** A number is text to the browser: its own control rejects silently and changes when one scrolls. */
const inputType = {
  line: 'type="text"',
  email: 'type="email"',
  url: 'type="url"',
  date: 'type="date"',
  number: 'type="text" inputmode="decimal"',
  integer: 'type="text" inputmode="numeric"',
} as const;

/**
 * What is wrong, each with the way to its field.
 * @param form null when there is none, and then faults are of the answer as a whole
 */
export function faultsHtml(form: FormField | null, faults: readonly Fault[]): string {
  if (faults.length === 0) return '';
  const fields = form === null ? [] : fieldsOf(form);
  const lines = faults.map(({ pointer, message }) => {
    const field = fields.find((one) => one.pointer === pointer);
    const what =
      field === undefined
        ? `<code>${toHtml(pointer || '/')}</code>`
        : `<a href="#${idOf(pointer)}">${toHtml(field.label)}</a>`;
    return `<li>${what}: ${toHtml(message)}</li>`;
  });
  return `<div class="notice" role="alert"><b>Nothing was answered yet.</b> Please look again at:<ul>${lines.join('')}</ul></div>`;
}

const fieldsOf = (field: FormField): readonly FormField[] => [
  ...(field.pointer === '' && field.kind === 'group' ? [] : [field]),
  ...(field.kind === 'group' ? field.fields.flatMap(fieldsOf) : []),
];

/** An id for every pointer: what an id may not hold is written as its code. */
const idOf = (pointer: string): string =>
  `a${pointer.replaceAll(/[^A-Za-z0-9]/g, (character) => `_${character.charCodeAt(0)}_`)}`;
