/** Functions on objects and on values of any kind. */

import type { Budget } from '@/core/expression/evaluator/budget';
import type { Evaluation } from '@/core/expression/evaluator/evaluation';
import { pushAll, selectMember } from '@/core/expression/evaluator/selection';
import { cloneValue } from '@/core/expression/evaluator/transform';
import {
  fail,
  isObject,
  isTrue,
  type NativeFunction,
  type ObjectValue,
  sequenceOf,
  setMember,
  typeName,
} from '@/core/expression/evaluator/values';
import { define, ofValue } from '@/core/expression/functions/define';
import { callForEach } from '@/core/expression/functions/lists';

/** Names of the members; of an array, those of all its items, each once. */
function keys(value: unknown, budget: Budget): unknown[] {
  const found = new Set<string>();
  const collect = (item: unknown, depth: number): void => {
    budget.spend(1 / 4);
    budget.checkNesting(depth);
    if (Array.isArray(item)) {
      for (const child of item) {
        collect(child, depth + 1);
      }
    } else if (isObject(item)) {
      for (const key of Object.keys(item)) {
        budget.spend(1 / 8);
        found.add(key);
      }
    }
  };
  collect(value, 0);
  return sequenceOf([...found]);
}

/** One object per member. */
function spread(value: unknown, budget: Budget, depth = 0): unknown {
  budget.checkNesting(depth);
  if (!Array.isArray(value) && !isObject(value)) {
    return value;
  }
  if (Array.isArray(value)) {
    let all: unknown[] | undefined;
    for (const item of value) {
      budget.spend(1 / 4);
      const inner = spread(item, budget, depth + 1);
      if (inner !== undefined) {
        all ??= [];
        pushAll(all, Array.isArray(inner) ? inner : [inner], budget);
      }
    }
    return all;
  }
  const parts = sequenceOf([]);
  for (const [key, child] of Object.entries(value)) {
    budget.spend(1 / 4);
    const part: Record<string, unknown> = {};
    setMember(part, key, child);
    parts.push(part);
  }
  return parts;
}

function merge(objects: readonly ObjectValue[], budget: Budget): ObjectValue {
  const result: Record<string, unknown> = {};
  for (const object of objects) {
    for (const [key, value] of Object.entries(object)) {
      budget.spend(1 / 8);
      setMember(result, key, value);
    }
  }
  return result;
}

function each(object: ObjectValue, target: unknown, evaluation: Evaluation): unknown[] {
  const results = sequenceOf([]);
  for (const [key, value] of Object.entries(object)) {
    const result = callForEach(target, value, key, object, evaluation);
    if (result !== undefined) {
      results.push(result);
    }
  }
  return results;
}

/** The members for which the function is true; nothing when none is. */
function sift(object: ObjectValue, target: unknown, evaluation: Evaluation): ObjectValue | undefined {
  const kept: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(object)) {
    const isKept = target === undefined ? value : callForEach(target, value, key, object, evaluation);
    if (isTrue(isKept, evaluation.budget)) {
      setMember(kept, key, value);
    }
  }
  return Object.keys(kept).length > 0 ? kept : undefined;
}

const raise = (message: unknown, otherwise: string): never => fail(String(message ?? otherwise).slice(0, 1000));

export const objectFunctions: readonly NativeFunction[] = [
  define('keys', '<x-:a<s>>', 1, ([value], { budget }) => keys(value, budget)),
  define('lookup', '<x-s:x>', 2, ([value, key], { budget }) =>
    key === undefined ? undefined : selectMember(value, key as string, budget),
  ),
  define('spread', '<x-:a<o>>', 1, ([value], { budget }) => spread(value, budget)),
  define(
    'merge',
    '<a<o>:o>',
    1,
    ofValue<ObjectValue[]>((objects, _args, { budget }) => merge(objects, budget)),
  ),
  define(
    'each',
    '<o-f:a>',
    2,
    ofValue<ObjectValue>((object, [, target], evaluation) => each(object, target, evaluation)),
  ),
  define(
    'sift',
    '<o-f?:o>',
    2,
    ofValue<ObjectValue>((object, [, target], evaluation) => sift(object, target, evaluation)),
  ),
  define(
    'clone',
    '<(oa)-:o>',
    1,
    ofValue((value, _args, { budget }) => cloneValue(value, budget)),
  ),
  define('exists', '<x:b>', 1, ([value]) => value !== undefined),
  define(
    'type',
    '<x:s>',
    1,
    ofValue((value) => typeName(value)),
  ),
  define(
    'boolean',
    '<x-:b>',
    1,
    ofValue((value, _args, { budget }) => isTrue(value, budget)),
  ),
  define(
    'not',
    '<x-:b>',
    1,
    ofValue((value, _args, { budget }) => !isTrue(value, budget)),
  ),
  define('error', '<s?:x>', 1, ([message]) => raise(message, 'The expression called $error.')),
  define('assert', '<bs?:x>', 2, ([condition, message]) =>
    condition === true ? undefined : raise(message, 'An assertion of the expression does not hold.'),
  ),
];
