/**
 * Makes checking data against a schema cost fuel. A few lines of schema can ask for more work than there is time
 * (references that double at each level, every pair of a long list), so each part of a schema carries a keyword of ours
 * that pays when it is looked at. Refuses references into plain values, where no keyword can be.
 */
import type { Ajv, KeywordDefinition } from 'ajv';
import { isPlainObject, parseJsonPointer } from '@/core/json';
import { limits } from '@/core/limits';

/** Thrown out of a check that has spent its fuel. */
export class SchemaTooCostly extends Error {}

/** What one check may still spend. */
export class Fuel {
  private left: number = limits.schemaFuel;

  refill(): void {
    this.left = limits.schemaFuel;
  }

  spend(units: number): void {
    this.left -= units;
    if (this.left < 0) throw new SchemaTooCostly('the schema takes too long to check');
  }
}

const costKeyword = 'x-headrace-cost';
/** Values, not schemas: what stands in them is compared and never looked at. */
const valueKeywords: ReadonlySet<string> = new Set(['const', 'enum']);
/** Objects whose members are schemas while they are none themselves. */
const mapKeywords: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  '$defs',
  'definitions',
  'dependentSchemas',
  'dependencies',
]);
/** Members of a list, or characters of a value, that are compared in the time of one unit. */
const comparedPerUnit = 16;
/** Keywords that try what may fail: each failure is described, kept and thrown away. */
const triedKeywords = ['anyOf', 'oneOf', 'not', 'if', 'contains'] as const;
const unitsPerTry = 10;

/**
 * @param schema as written
 * @returns a copy in which every part pays
 * @throws Error when a reference leads into a value
 */
export function metered(schema: object): object {
  return meteredPart(schema) as object;
}

function meteredPart(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(meteredPart);
  if (!isPlainObject(value)) return value;
  refuseReferenceIntoValue(value.$ref);
  refuseReferenceIntoValue(value.$dynamicRef);
  const members = Object.entries(value).map(([name, member]): [string, unknown] => {
    if (valueKeywords.has(name)) return [name, member];
    if (mapKeywords.has(name) && isPlainObject(member)) {
      return [name, Object.fromEntries(Object.entries(member).map(([key, part]) => [key, meteredPart(part)]))];
    }
    return [name, meteredPart(member)];
  });
  return Object.fromEntries([...members, [costKeyword, costOf(value)]]);
}

/** What looking at this part takes by itself: one, and more for long lists of names and large values to compare with. */
function costOf(part: Record<string, unknown>): number {
  const lists = [part.required, part.properties, part.patternProperties, part.dependentRequired];
  const names = lists.reduce<number>((sum, list) => sum + (isObject(list) ? Object.keys(list).length : 0), 0);
  const values = [part.const, part.enum].reduce<number>(
    (sum, value) => sum + (isObject(value) ? JSON.stringify(value).length : 0),
    0,
  );
  const tries = triedKeywords.filter((name) => part[name] !== undefined).length;
  return 1 + tries * unitsPerTry + Math.ceil((names + values) / comparedPerUnit);
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

function refuseReferenceIntoValue(reference: unknown): void {
  if (typeof reference !== 'string' || !reference.includes('#/')) return;
  const tokens = parseJsonPointer(decodeURIComponent(reference.slice(reference.indexOf('#') + 1)));
  const leadsIntoValue = tokens.some((token, at) => valueKeywords.has(token) && !mapKeywords.has(tokens[at - 1] ?? ''));
  if (leadsIntoValue) throw new Error(`the reference ${reference.slice(0, 100)} leads into a value, not to a schema`);
}

/** Teaches an instance our keywords: the one that pays, and a `uniqueItems` that looks at each item once. */
export function addMeteredKeywords(ajv: Ajv, fuel: Fuel): void {
  const pays: KeywordDefinition = {
    keyword: costKeyword,
    // A part that fails is left at once: who pays last would not pay.
    before: '$ref',
    schemaType: 'number',
    errors: false,
    validate: (cost: number) => {
      fuel.spend(cost);
      return true;
    },
  };
  const uniqueItems: KeywordDefinition = {
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    error: { message: 'must NOT have duplicate items' },
    validate: (isWanted: boolean, items: readonly unknown[]) => !isWanted || areUnique(items, fuel),
  };
  ajv.addKeyword(pays);
  ajv.removeKeyword('uniqueItems');
  ajv.addKeyword(uniqueItems);
}

function areUnique(items: readonly unknown[], fuel: Fuel): boolean {
  const seen = new Set<string>();
  for (const item of items) {
    const text = canonical(item);
    fuel.spend(1 + text.length / comparedPerUnit);
    if (seen.has(text)) return false;
    seen.add(text);
  }
  return true;
}

/** JSON with the members of objects in order: equal texts, equal values. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (!isPlainObject(value)) return JSON.stringify(value) ?? 'null';
  const members = Object.keys(value)
    .toSorted()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`);
  return `{${members.join()}}`;
}
