/**
 * Turns what zod reports into faults a person can act on: every unknown field at its own pointer, a missing field named
 * as missing, and of a union only the branch that was meant. Refuses to know any schema.
 */
import type { z } from 'zod';
import type { Fault } from '@/core/errors';
import { jsonPointer, parseJsonPointer } from '@/core/json';

type Issue = z.core.$ZodIssue;
interface PlacedIssue {
  readonly issue: Issue;
  /** From the value that was parsed. */
  readonly path: readonly (string | number)[];
}

/**
 * @param error of a `safeParse`
 * @param value what was parsed; decides whether a field is missing or wrong
 * @param basePointer pointer of `value` inside the document the faults speak about
 * @returns codes `field.required`, `field.unknown` and `field.invalid`
 */
export function zodFaults(error: z.ZodError, value: unknown, basePointer = ''): Fault[] {
  const base = parseJsonPointer(basePointer);
  return error.issues
    .flatMap((issue) => placeIssues(issue, [], value))
    .flatMap(({ issue, path }): Fault[] => {
      const pointer = jsonPointer(...base, ...path);
      if (issue.code === 'unrecognized_keys') {
        return issue.keys.map((key) => ({
          pointer: jsonPointer(...base, ...path, key),
          code: 'field.unknown',
          message: `"${key}" is not a field here. Remove it or correct its name.`,
        }));
      }
      if (path.length > 0 && isAbsent(value, path)) {
        return [{ pointer, code: 'field.required', message: `"${path.at(-1) ?? 'value'}" is required.` }];
      }
      return [{ pointer, code: 'field.invalid', message: sentence(lengthMessage(issue) ?? issue.message) }];
    });
}

/** Flattens unions: the branch that got furthest speaks; when none got anywhere, the union's own message does. */
function placeIssues(issue: Issue, prefix: readonly (string | number)[], value: unknown): PlacedIssue[] {
  const path = [...prefix, ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))];
  if (issue.code === 'invalid_key' || issue.code === 'invalid_element') {
    const inner = issue.issues[0];
    return [{ issue: inner === undefined ? issue : { ...issue, message: inner.message }, path }];
  }
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) {
    return [{ issue, path }];
  }
  const branches = issue.errors.map((branch) => branch.flatMap((inner) => placeIssues(inner, path, value)));
  const meant = isEmpty(valueAt(value, path))
    ? undefined
    : branches.findLast((branch) => branch.every((inner) => inner.path.length > path.length));
  if (meant !== undefined) {
    return meant;
  }
  return issue.message === 'Invalid input' ? (branches.at(-1) ?? []) : [{ issue, path }];
}

function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  let at: unknown = value;
  for (const part of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) {
      return undefined;
    }
    at = (at as Record<string | number, unknown>)[part];
  }
  return at;
}

const isAbsent = (value: unknown, path: readonly (string | number)[]): boolean => valueAt(value, path) === undefined;

/** Of an empty object every branch misses something; none of them was meant. */
const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0;

/** Zod's own words for a length (`expected string to have >=1 characters`) say nothing to whoever fills in a form. */
function lengthMessage(issue: Issue): string | null {
  if (issue.code === 'too_small' && issue.message.startsWith('Too small: ')) {
    if (issue.origin === 'string')
      return issue.minimum === 1 ? 'Must not be empty' : `Use at least ${issue.minimum} characters`;
    if (issue.origin === 'array')
      return issue.minimum === 1 ? 'Needs at least one entry' : `Needs at least ${issue.minimum} entries`;
  }
  if (issue.code === 'too_big' && issue.message.startsWith('Too big: ')) {
    if (issue.origin === 'string') return `Use at most ${issue.maximum} characters`;
    if (issue.origin === 'array') return `Has more than ${issue.maximum} entries`;
  }
  return null;
}

const sentence = (text: string): string => {
  const plain = text.replace(/^(Invalid input|Invalid option|Invalid string|Too small|Too big|Invalid type): /, '');
  const capital = plain.charAt(0).toUpperCase() + plain.slice(1);
  return /[.!?…]$/.test(capital) ? capital : `${capital}.`;
};
