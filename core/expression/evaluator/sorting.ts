/**
 * The order-by step `items^(>price, name)` and the sort that `$sort` shares. Both are stable and pay for every
 * comparison.
 */

import type { SortNode } from '@/core/expression/ast';
import type { Budget } from '@/core/expression/evaluator/budget';
import type { Evaluation } from '@/core/expression/evaluator/evaluation';
import { Scope } from '@/core/expression/evaluator/scope';
import { fail, type Tuple } from '@/core/expression/evaluator/values';

export function sortItems(
  step: SortNode,
  items: readonly unknown[],
  scope: Scope,
  evaluation: Evaluation,
): readonly unknown[] {
  return sortBy(step, items, (item) => ({ context: item, scope }), evaluation);
}

export function sortTuples(
  step: SortNode,
  tuples: readonly Tuple[],
  scope: Scope,
  evaluation: Evaluation,
): readonly Tuple[] {
  const seenBy = (tuple: Tuple) => ({ context: tuple.get('@'), scope: new Scope(scope, new Map(tuple)) });
  return sortBy(step, tuples, seenBy, evaluation);
}

/** Terms are evaluated once per item, not once per comparison. */
function sortBy<T>(
  step: SortNode,
  items: readonly T[],
  seenBy: (item: T) => { context: unknown; scope: Scope },
  evaluation: Evaluation,
): readonly T[] {
  if (items.length <= 1) {
    return items;
  }
  const keyed = items.map((item) => {
    const { context, scope } = seenBy(item);
    return { item, keys: step.terms.map((term) => evaluation.evaluate(term.expression, context, scope)) };
  });
  const isAfter = (left: (typeof keyed)[number], right: (typeof keyed)[number]): boolean => {
    for (const [at, term] of step.terms.entries()) {
      const order = compareKeys(left.keys[at], right.keys[at]);
      if (order !== 0) {
        return term.descending && left.keys[at] !== undefined && right.keys[at] !== undefined ? order < 0 : order > 0;
      }
    }
    return false;
  };
  return mergeSort(keyed, isAfter, evaluation.budget).map(({ item }) => item);
}

/** Missing keys come last in either direction. */
function compareKeys(left: unknown, right: unknown): number {
  if (left === undefined || right === undefined) {
    return left === right ? 0 : left === undefined ? 1 : -1;
  }
  if ((typeof left !== 'string' && typeof left !== 'number') || typeof left !== typeof right) {
    return fail('Sorting needs keys that are all numbers or all texts.');
  }
  return left === right ? 0 : left < (right as typeof left) ? -1 : 1;
}

/**
 * Sorts by merging runs of doubling length (bottom-up merge sort).
 * @param isAfter whether the left item belongs behind the right one; equal items keep their order
 */
export function mergeSort<T>(items: readonly T[], isAfter: (left: T, right: T) => boolean, budget: Budget): T[] {
  let from = [...items];
  let to = [...items];
  for (let width = 1; width < items.length; width *= 2) {
    budget.spend(items.length / 4);
    for (let start = 0; start < items.length; start += 2 * width) {
      mergeRuns(from, to, start, width, isAfter);
    }
    [from, to] = [to, from];
  }
  return from;
}

function mergeRuns<T>(
  from: readonly T[],
  to: T[],
  start: number,
  width: number,
  isAfter: (left: T, right: T) => boolean,
): void {
  const middle = Math.min(start + width, from.length);
  const end = Math.min(start + 2 * width, from.length);
  let left = start;
  let right = middle;
  for (let at = start; at < end; at += 1) {
    const takesRight = left >= middle || (right < end && isAfter(from[left] as T, from[right] as T));
    to[at] = from[takesRight ? right++ : left++] as T;
  }
}
