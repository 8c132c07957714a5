/**
 * A form from a JSON Schema: which fields there are, what each is called and how it is edited. Two renderers draw it, the
 * inbox and the page behind a link. Refuses to interpret what it does not know whole: such a part is edited as JSON, and the
 * server checks the answer against the schema whatever was drawn.
 */
import { isPlainObject, type JsonObject, type JsonValue, jsonPointer } from '@/core/json';

export interface Choice {
  readonly label: string;
  readonly value: JsonValue;
}

interface FieldBase {
  /** Into the answer. */
  readonly pointer: string;
  readonly label: string;
  readonly help: string | null;
  readonly isRequired: boolean;
  /** Left empty it is `null`, where it has to be there. */
  readonly isNullable: boolean;
}

interface ChoicesOf {
  readonly choices: readonly Choice[];
  /** Places in `choices`. */
  readonly initial: readonly number[];
}

export type InputKind = 'line' | 'text' | 'email' | 'url' | 'date' | 'number' | 'integer' | 'lines' | 'json';

export type FormField =
  | (FieldBase & {
      readonly kind: InputKind;
      readonly initial: string;
      readonly placeholder: string | null;
      readonly maxLength: number | null;
      readonly min: number | null;
      readonly max: number | null;
    })
  | (FieldBase & { readonly kind: 'yesNo'; readonly isTicked: boolean })
  | (FieldBase & ChoicesOf & { readonly kind: 'choice' })
  | (FieldBase & ChoicesOf & { readonly kind: 'choices' })
  | (FieldBase & { readonly kind: 'group'; readonly fields: readonly FormField[] });

export type GroupField = Extract<FormField, { kind: 'group' }>;

/** Groups inside groups that are drawn as such; deeper ones are JSON. */
const depthMax = 3;
/** Text that may be longer than this gets more than one line. */
const lineLength = 200;
/** More than this is no form any more. */
const fieldsMax = 100;

/** Keywords that say more than a field can: what has one is edited as JSON. */
const beyondFields = ['$ref', '$dynamicRef', 'anyOf', 'allOf', 'not', 'if', 'patternProperties', 'dependentSchemas'];

/**
 * @param schema that compiles
 * @returns the root: a group where the schema describes an object with known members, else one field
 */
export function formOf(schema: JsonObject): FormField {
  return fieldOf(schema, { pointer: '', name: 'Answer', isRequired: true, depth: 0 });
}

interface Place {
  readonly pointer: string;
  readonly name: string;
  readonly isRequired: boolean;
  readonly depth: number;
}

function fieldOf(schema: unknown, place: Place): FormField {
  const given: JsonObject = isObject(schema) ? schema : {};
  const { type, isNullable } = typeOf(given.type);
  const base: FieldBase = {
    pointer: place.pointer,
    label: textOf(given.title) ?? wordsOf(place.name),
    help: textOf(given.description),
    isRequired: place.isRequired,
    isNullable,
  };
  if (beyondFields.some((keyword) => Object.hasOwn(given, keyword))) return jsonField(base, given);
  const choices = choicesOf(given, isNullable);
  if (choices !== null) return { ...base, kind: 'choice', choices, initial: placesOf(choices, [given.default]) };
  if (type === 'object') return groupOf(given, base, place) ?? jsonField(base, given);
  if (type === 'array') return listOf(given, base);
  if (type === 'boolean') return { ...base, kind: 'yesNo', isTicked: given.default === true };
  if (type === 'number' || type === 'integer') return inputField(base, type, given);
  if (type === 'string') return inputField(base, textKindOf(given), given);
  return jsonField(base, given);
}

function groupOf(given: JsonObject, base: FieldBase, { pointer, depth }: Place): GroupField | null {
  const { properties } = given;
  if (!isObject(properties) || depth > depthMax) return null;
  const names = Object.keys(properties);
  if (names.length > fieldsMax) return null;
  const required = Array.isArray(given.required) ? given.required : [];
  const fields = names.map((name) =>
    fieldOf(properties[name], {
      pointer: pointer + jsonPointer(name),
      name,
      isRequired: required.includes(name),
      depth: depth + 1,
    }),
  );
  return { ...base, kind: 'group', fields };
}

/** Several of known values, or texts of which each is a line. */
function listOf(given: JsonObject, base: FieldBase): FormField {
  const items: JsonObject = isObject(given.items) ? given.items : {};
  const isPlain = !beyondFields.some((keyword) => Object.hasOwn(items, keyword)) && given.prefixItems === undefined;
  const choices = isPlain ? choicesOf(items, false) : null;
  const preset = Array.isArray(given.default) ? given.default : [];
  if (choices !== null) return { ...base, kind: 'choices', choices, initial: placesOf(choices, preset) };
  if (!isPlain || typeOf(items.type).type !== 'string') return jsonField(base, given);
  return { ...inputField(base, 'lines', given), initial: preset.filter(isText).join('\n') } as FormField;
}

/** `enum`, `const`, or `oneOf` in which each member is one value with a title. */
function choicesOf(given: JsonObject, isNullable: boolean): readonly Choice[] | null {
  const { oneOf } = given;
  if (Array.isArray(given.enum)) {
    return given.enum
      .filter((value) => !(isNullable && value === null))
      .map((value) => ({ label: labelOf(value), value }));
  }
  if (Object.hasOwn(given, 'const') && given.type !== 'boolean') {
    return [{ label: labelOf(given.const as JsonValue), value: given.const as JsonValue }];
  }
  if (!Array.isArray(oneOf)) return null;
  const members = oneOf.map((member) => (isObject(member) && Object.hasOwn(member, 'const') ? member : null));
  // Known members only: a choice that is left out could not be chosen.
  if (members.includes(null)) return null;
  return members.flatMap((member) =>
    member === null
      ? []
      : [{ label: textOf(member.title) ?? labelOf(member.const as JsonValue), value: member.const as JsonValue }],
  );
}

function inputField(base: FieldBase, kind: InputKind, given: JsonObject): Extract<FormField, { kind: InputKind }> {
  const example = Array.isArray(given.examples) ? given.examples[0] : undefined;
  return {
    ...base,
    kind,
    initial: isText(given.default) || typeof given.default === 'number' ? String(given.default) : '',
    placeholder: isText(example) || typeof example === 'number' ? String(example) : null,
    maxLength: numberOf(given.maxLength),
    min: numberOf(given.minimum),
    max: numberOf(given.maximum),
  };
}

const jsonField = (base: FieldBase, given: JsonObject): FormField => ({
  ...inputField(base, 'json', {}),
  initial: given.default === undefined ? '' : JSON.stringify(given.default, null, 2),
});

function textKindOf(given: JsonObject): InputKind {
  if (given.format === 'email') return 'email';
  if (given.format === 'uri' || given.format === 'url') return 'url';
  if (given.format === 'date') return 'date';
  return given.format === 'textarea' || (numberOf(given.maxLength) ?? 0) > lineLength ? 'text' : 'line';
}

function typeOf(type: unknown): { readonly type: string | null; readonly isNullable: boolean } {
  if (typeof type === 'string') return { type, isNullable: false };
  const named = Array.isArray(type) ? type.filter((one) => one !== 'null') : [];
  const [only] = named;
  const isNullable = Array.isArray(type) && named.length < type.length;
  return { type: named.length === 1 && typeof only === 'string' ? only : null, isNullable };
}

/** Where the values stand among the choices. */
const placesOf = (choices: readonly Choice[], values: readonly unknown[]): readonly number[] =>
  choices.flatMap(({ value }, at) => (values.some((one) => JSON.stringify(one) === JSON.stringify(value)) ? [at] : []));

/** A schema is JSON, so whatever is an object in it holds JSON. */
const isObject = (value: unknown): value is JsonObject => isPlainObject(value);
const isText = (value: unknown): value is string => typeof value === 'string';
const textOf = (value: unknown): string | null => (isText(value) && value.trim() !== '' ? value : null);
const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null);
const labelOf = (value: JsonValue): string => (isText(value) ? value : JSON.stringify(value));

/** `orderNumber` and `order_number` as `Order number`. */
function wordsOf(name: string): string {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`)
    .replaceAll(/[_-]+/g, ' ')
    .trim();
  return words === '' ? name : `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
