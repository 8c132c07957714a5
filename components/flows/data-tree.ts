/**
 * What expressions can read, as a tree of paths: the left side of the data drawer. Pure. Refuses to open everything: a
 * node is listed with its children only when it is open.
 */
import { isPlainObject, type JsonValue } from '@/core/json';

export interface TreeRow {
  /** As written in an expression: `event.data.body.id`, `steps.reserve.output`. */
  readonly path: string;
  /** The last part, shown. */
  readonly label: string;
  readonly depth: number;
  readonly isOpen: boolean;
  readonly canOpen: boolean;
  /** The value in a few characters: `"SO-48213"`, `6 fields`. */
  readonly brief: string;
  readonly value: JsonValue;
}

/** More children than this are not listed; the JSON beside the tree has them all. */
const childrenMax = 100;
const briefLength = 24;

const isName = (key: string): boolean => /^[A-Za-z_]\w*$/.test(key);

/** The path of a member, in JSONata's notation. */
export const pathTo = (parent: string, key: string): string =>
  isName(key) ? `${parent}.${key}` : `${parent}.\`${key}\``;

export function briefOf(value: JsonValue): string {
  if (Array.isArray(value)) {
    return value.length === 1 ? '1 item' : `${value.length} items`;
  }
  if (isPlainObject(value)) {
    const count = Object.keys(value).length;
    return count === 1 ? '1 field' : `${count} fields`;
  }
  const text = JSON.stringify(value);
  return text.length > briefLength ? `${text.slice(0, briefLength)}…` : text;
}

/**
 * @param roots name and value of each root, such as `event` or `steps.reserve.output`
 * @param open paths whose children are listed
 */
export function treeRows(roots: readonly (readonly [string, JsonValue])[], open: ReadonlySet<string>): TreeRow[] {
  const rows: TreeRow[] = [];
  const visit = (path: string, label: string, value: JsonValue, depth: number): void => {
    const members: [string, string, JsonValue][] = Array.isArray(value)
      ? value.map((item, at) => [`${path}[${at}]`, `[${at}]`, item])
      : isPlainObject(value)
        ? Object.entries(value).map(([key, member]) => [pathTo(path, key), key, member as JsonValue])
        : [];
    const isOpen = open.has(path) && members.length > 0;
    rows.push({ path, label, depth, isOpen, canOpen: members.length > 0, brief: briefOf(value), value });
    if (isOpen) {
      for (const [childPath, childLabel, member] of members.slice(0, childrenMax)) {
        visit(childPath, childLabel, member, depth + 1);
      }
    }
  };
  for (const [path, value] of roots) {
    visit(path, path, value, 0);
  }
  return rows;
}
