/** Functions on arrays, and those that call a function for each item. */

import type { Budget } from '@/core/expression/evaluator/budget';
import type { Evaluation } from '@/core/expression/evaluator/evaluation';
import { mergeSort } from '@/core/expression/evaluator/sorting';
import {
  append,
  FunctionValue,
  fail,
  isObject,
  isSequence,
  isTrue,
  type NativeFunction,
  sequenceOf,
} from '@/core/expression/evaluator/values';
import { define, ofValue } from '@/core/expression/functions/define';

/**
 * Calls `target` for one item, passing as much as it takes.
 * @param target the function given to `$map` and its kin
 * @param key the item's index or member name
 */
export function callForEach(
  target: unknown,
  item: unknown,
  key: number | string,
  whole: unknown,
  evaluation: Evaluation,
): unknown {
  const arity = target instanceof FunctionValue ? target.arity : 1;
  const args = arity >= 3 ? [item, key, whole] : arity === 2 ? [item, key] : [item];
  return evaluation.call(target, args);
}

function map(items: readonly unknown[], target: unknown, evaluation: Evaluation): unknown[] {
  const results = sequenceOf([]);
  for (const [at, item] of items.entries()) {
    const result = callForEach(target, item, at, items, evaluation);
    if (result !== undefined) {
      results.push(result);
    }
  }
  return results;
}

function filter(items: readonly unknown[], target: unknown, evaluation: Evaluation): unknown[] {
  return sequenceOf(
    items.filter((item, at) => isTrue(callForEach(target, item, at, items, evaluation), evaluation.budget)),
  );
}

function single(items: readonly unknown[], target: unknown, evaluation: Evaluation): unknown {
  const found = target === undefined ? items : filter(items, target, evaluation);
  if (found.length === 1) {
    return found[0];
  }
  return fail(`$single expects exactly one match and found ${found.length === 0 ? 'none' : 'several'}.`);
}

function reduce(items: readonly unknown[], target: unknown, initial: unknown, evaluation: Evaluation): unknown {
  const arity = target instanceof FunctionValue ? target.arity : 0;
  if (arity < 2) {
    return fail('The function given to $reduce must take at least two arguments.');
  }
  const startsWithFirst = initial === undefined && items.length > 0;
  let result = startsWithFirst ? items[0] : initial;
  for (let at = startsWithFirst ? 1 : 0; at < items.length; at += 1) {
    result = evaluation.call(target, [result, items[at], at, items].slice(0, Math.max(2, arity)));
  }
  return result;
}

function sort(items: readonly unknown[], comparator: unknown, evaluation: Evaluation): readonly unknown[] {
  if (items.length <= 1) {
    return items;
  }
  const { budget } = evaluation;
  if (comparator !== undefined) {
    return mergeSort(items, (left, right) => isTrue(evaluation.call(comparator, [left, right]), budget), budget);
  }
  const type = typeof items[0];
  if ((type !== 'number' && type !== 'string') || !items.every((item) => typeof item === type)) {
    return fail('$sort without a function can sort numbers or texts only.');
  }
  return mergeSort(items as string[], (left, right) => left > right, budget);
}

function shuffle(items: readonly unknown[], { budget, clock }: Evaluation): readonly unknown[] {
  if (items.length <= 1) {
    return items;
  }
  budget.spendOnItems(items.length);
  const result = [...items];
  for (let at = result.length - 1; at > 0; at -= 1) {
    const other = Math.floor(clock.random() * (at + 1));
    [result[at], result[other]] = [result[other], result[at]];
  }
  return result;
}

function distinct(value: unknown, budget: Budget): unknown {
  if (!Array.isArray(value) || value.length <= 1) {
    return value;
  }
  const seen = new Set<unknown>();
  const kept = value.filter((item) => {
    const identity = identityOf(item, budget, 0);
    return !seen.has(identity) && seen.add(identity);
  });
  return isSequence(value) ? sequenceOf(kept) : kept;
}

/** The value itself for scalars and functions; for structures a text that equal structures share. */
function identityOf(value: unknown, budget: Budget, depth: number): unknown {
  budget.spend(1 / 8);
  budget.checkNesting(depth);
  if (!Array.isArray(value) && !isObject(value)) {
    return value;
  }
  const parts = Array.isArray(value)
    ? value.map((item) => identityPart(item, budget, depth))
    : Object.keys(value)
        .sort()
        .map((key) => `${JSON.stringify(key)}:${identityPart(value[key], budget, depth)}`);
  const text = parts.join(',');
  budget.spendOnText(text.length);
  return Array.isArray(value) ? `\u0000[${text}]` : `\u0000{${text}}`;
}

const identityPart = (value: unknown, budget: Budget, depth: number): string => {
  const identity = identityOf(value, budget, depth + 1);
  return Array.isArray(value) || isObject(value) ? String(identity) : (JSON.stringify(value) ?? 'undefined');
};

function zip(lists: readonly (readonly unknown[] | undefined)[], budget: Budget): unknown[] {
  const length = Math.min(...lists.map((list) => list?.length ?? 0));
  budget.spendOnItems(length * lists.length);
  return Array.from({ length }, (_, at) => lists.map((list) => list?.[at]));
}

export const listFunctions: readonly NativeFunction[] = [
  define(
    'map',
    '<af>',
    2,
    ofValue<unknown[]>((items, [, target], evaluation) => map(items, target, evaluation)),
  ),
  define(
    'filter',
    '<af>',
    2,
    ofValue<unknown[]>((items, [, target], evaluation) => filter(items, target, evaluation)),
  ),
  define(
    'single',
    '<af?>',
    2,
    ofValue<unknown[]>((items, [, target], evaluation) => single(items, target, evaluation)),
  ),
  define(
    'reduce',
    '<afj?:j>',
    3,
    ofValue<unknown[]>((items, [, target, initial], evaluation) => reduce(items, target, initial, evaluation)),
  ),
  define(
    'sort',
    '<af?:a>',
    2,
    ofValue<unknown[]>((items, [, comparator], evaluation) => sort(items, comparator, evaluation)),
  ),
  define(
    'shuffle',
    '<a:a>',
    1,
    ofValue<unknown[]>((items, _args, evaluation) => shuffle(items, evaluation)),
  ),
  define(
    'distinct',
    '<x:x>',
    1,
    ofValue((value, _args, { budget }) => distinct(value, budget)),
  ),
  define('append', '<xx:a>', 2, ([first, second], { budget }) => append(first, second, budget)),
  define('count', '<a:n>', 1, ([items]) => (items as unknown[] | undefined)?.length ?? 0),
  define(
    'reverse',
    '<a:a>',
    1,
    ofValue<unknown[]>((items, _args, { budget }) => {
      budget.spendOnItems(items.length);
      return items.length <= 1 ? items : [...items].reverse();
    }),
  ),
  define('zip', '<a+>', 1, (lists, { budget }) => zip(lists as (unknown[] | undefined)[], budget)),
];
