/**
 * Which part of the sample a name in code stands for, read off the text in front of the cursor: `input.lines`, the `line`
 * of `input.lines.map((line) => …)`, a `const` that was taken from there. Refuses to understand programs: what it cannot
 * see at a glance has no completions, and a wrong guess only offers a name.
 */
import { isPlainObject, type JsonValue } from '@/core/json';

const path = String.raw`[A-Za-z_$][\w$]*(?:\s*(?:\?\.|!?\.)\s*[A-Za-z_$][\w$]*|\[\d+\])*`;
const beforeCursor = new RegExp(`(${path})\\s*(?:\\?\\.|!?\\.)\\s*([A-Za-z_$][\\w$]*)?$`);
const defaultFunction = /export\s+default\s+(?:async\s+)?(?:function\s*[\w$]*\s*)?\(?\s*([A-Za-z_$][\w$]*)\s*[:,)=?]/;
const destructured = /export\s+default\s+(?:async\s+)?(?:function\s*[\w$]*\s*)?\(\s*\{([^}]*)\}/;
const namesMax = 8;

export interface Member {
  readonly name: string;
  readonly value: JsonValue;
}

export interface Completable {
  /** Where the name that is being typed begins. */
  readonly from: number;
  readonly members: readonly Member[];
  /** Whether what stands before the point is a list. */
  readonly isList: boolean;
}

/**
 * @param code up to the cursor
 * @param whole the code altogether
 * @returns null when the cursor is not behind something known
 */
export function completableAt(code: string, whole: string, sample: JsonValue): Completable | null {
  const found = beforeCursor.exec(code);
  if (found === null) return null;
  const [, written = '', typed = ''] = found;
  const value = valueAt(written, whole, sample, namesMax);
  if (value === undefined) return null;
  const from = code.length - typed.length;
  if (Array.isArray(value)) return { from, members: [], isList: true };
  if (!isPlainObject(value)) return null;
  return {
    from,
    members: Object.entries(value).map(([name, of]) => ({ name, value: of as JsonValue })),
    isList: false,
  };
}

/** The name of the parameter of the default function; `input` when it cannot be seen. */
export const parameterOf = (code: string): string => defaultFunction.exec(code)?.[1] ?? 'input';

function valueAt(written: string, whole: string, sample: JsonValue, namesLeft: number): JsonValue | undefined {
  const [root = '', ...rest] = written
    .replaceAll(/\s|!|\?/g, '')
    .replaceAll(/\[(\d+)\]/g, '.$1')
    .split('.');
  let value = rootValue(root, whole, sample, namesLeft);
  for (const name of rest) {
    if (value === undefined || value === null || typeof value !== 'object') return undefined;
    value = Array.isArray(value) ? value[Number(name)] : Object.hasOwn(value, name) ? value[name] : undefined;
  }
  return value;
}

function rootValue(name: string, whole: string, sample: JsonValue, namesLeft: number): JsonValue | undefined {
  if (name === parameterOf(whole)) return sample;
  const fields =
    destructured
      .exec(whole)?.[1]
      ?.split(',')
      .map((field) => field.split('=')[0]?.trim()) ?? [];
  if (fields.includes(name) && isPlainObject(sample)) return sample[name] as JsonValue | undefined;
  if (namesLeft === 0) return undefined;
  const escaped = name.replaceAll('$', '\\$');
  const origins: readonly [RegExp, (value: JsonValue) => JsonValue | undefined][] = [
    [
      new RegExp(
        `(${path})\\s*\\.\\s*(?:map|filter|find|findLast|forEach|some|every|flatMap|findIndex)\\(\\s*(?:async\\s*)?\\(?\\s*${escaped}\\b`,
      ),
      firstOf,
    ],
    [new RegExp(`(${path})\\s*\\.\\s*reduce\\(\\s*\\(\\s*[\\w$]+\\s*(?::[^,]*)?,\\s*${escaped}\\b`), firstOf],
    [new RegExp(`for\\s*\\(\\s*(?:const|let)\\s+${escaped}\\s+of\\s+(${path})`), firstOf],
    [new RegExp(`(?:const|let)\\s+${escaped}\\s*(?::[^=]*)?=\\s*(${path})\\s*(?:;|$|\\n)`), (value) => value],
  ];
  for (const [origin, take] of origins) {
    const written = origin.exec(whole)?.[1];
    const value = written === undefined ? undefined : valueAt(written, whole, sample, namesLeft - 1);
    if (value !== undefined) return take(value);
  }
  return undefined;
}

const firstOf = (value: JsonValue): JsonValue | undefined => (Array.isArray(value) ? value[0] : undefined);
