/**
 * What TypeScript would call a piece of real data: shown above a function that is called with it. Refuses to guess beyond
 * the sample: a list is typed by its members, an empty one by nothing.
 */
import { isPlainObject, type JsonValue } from '@/core/json';

/** Members of one list that are looked at, fields of one object that are listed: a type is read by people. */
const most = { items: 20, fields: 40, depth: 6 } as const;

const identifier = /^[A-Za-z_$][\w$]*$/;

/**
 * @param sample any JSON
 * @returns the type in several lines, two spaces deep for each level
 */
export const typeOfSample = (sample: JsonValue): string => textOf(shapeOf([sample], 0), 0);

type Shape =
  | { readonly kind: 'word'; readonly word: string }
  | { readonly kind: 'list'; readonly of: Shape }
  | { readonly kind: 'object'; readonly fields: readonly Field[]; readonly isCut: boolean }
  | { readonly kind: 'union'; readonly of: readonly Shape[] };

interface Field {
  readonly name: string;
  readonly shape: Shape;
  readonly isOptional: boolean;
}

const word = (text: string): Shape => ({ kind: 'word', word: text });

/** One shape that all of these values have. */
function shapeOf(values: readonly JsonValue[], depth: number): Shape {
  const lists = values.filter((value) => Array.isArray(value));
  const objects = values.filter((value) => isPlainObject(value));
  const words = new Set(
    values.filter((value) => typeof value !== 'object' || value === null).map((value) => wordOf(value)),
  );
  const shapes: Shape[] = [
    ...[...words].map(word),
    ...(lists.length === 0 ? [] : [listShape(lists, depth)]),
    ...(objects.length === 0 ? [] : [objectShape(objects as { [key: string]: JsonValue }[], depth)]),
  ];
  const [only, ...more] = shapes;
  if (only === undefined) return word('unknown');
  return more.length === 0 ? only : { kind: 'union', of: shapes };
}

const wordOf = (value: JsonValue): string => (value === null ? 'null' : typeof value);

function listShape(lists: readonly (readonly JsonValue[])[], depth: number): Shape {
  const items = lists.flatMap((list) => list.slice(0, most.items)).slice(0, most.items);
  return { kind: 'list', of: depth >= most.depth ? word('unknown') : shapeOf(items, depth + 1) };
}

function objectShape(objects: readonly { [key: string]: JsonValue }[], depth: number): Shape {
  if (depth >= most.depth) return word('object');
  const names = [...new Set(objects.flatMap((object) => Object.keys(object)))];
  const fields = names.slice(0, most.fields).map((name): Field => {
    const having = objects.filter((object) => Object.hasOwn(object, name));
    return {
      name,
      shape: shapeOf(
        having.map((object) => object[name] ?? null),
        depth + 1,
      ),
      isOptional: having.length < objects.length,
    };
  });
  return { kind: 'object', fields, isCut: names.length > most.fields };
}

function textOf(shape: Shape, depth: number): string {
  switch (shape.kind) {
    case 'word':
      return shape.word;
    case 'union':
      return shape.of.map((part) => textOf(part, depth)).join(' | ');
    case 'list': {
      const of = textOf(shape.of, depth);
      return shape.of.kind === 'union' ? `(${of})[]` : `${of}[]`;
    }
    case 'object': {
      if (shape.fields.length === 0) return '{}';
      const indent = '  '.repeat(depth + 1);
      const lines = shape.fields.map(({ name, shape: of, isOptional }) => {
        const key = identifier.test(name) ? name : JSON.stringify(name);
        return `${indent}${key}${isOptional ? '?' : ''}: ${textOf(of, depth + 1)};`;
      });
      const rest = shape.isCut ? [`${indent}// and more`] : [];
      return `{\n${[...lines, ...rest].join('\n')}\n${'  '.repeat(depth)}}`;
    }
  }
}
