/**
 * Picking members out of values: by name, by `*` and by `**`. Refuses to look at anything but own members of data.
 */

import type { Budget } from '@/core/expression/evaluator/budget';
import { isObject, member, sequenceOf } from '@/core/expression/evaluator/values';

/** The member `name`; of an array, those of its items, flattened by one level. */
export function selectMember(value: unknown, name: string, budget: Budget): unknown {
  if (!Array.isArray(value)) {
    return isObject(value) ? member(value, name) : undefined;
  }
  const found = sequenceOf([]);
  for (const item of value) {
    budget.spend(1);
    const selected = selectMember(item, name, budget);
    if (Array.isArray(selected)) {
      pushAll(found, selected, budget);
    } else if (selected !== undefined) {
      found.push(selected);
    }
  }
  return found;
}

/** All member values; arrays among them are flattened completely. */
export function selectMembers(value: unknown, budget: Budget): unknown[] {
  const found = sequenceOf([]);
  if (Array.isArray(value) || isObject(value)) {
    for (const child of Object.values(value)) {
      flattenInto(found, child, budget, 0);
    }
  }
  return found;
}

function flattenInto(target: unknown[], value: unknown, budget: Budget, depth: number): void {
  budget.spend(1 / 4);
  budget.checkNesting(depth);
  if (Array.isArray(value)) {
    for (const item of value) {
      flattenInto(target, item, budget, depth + 1);
    }
  } else {
    target.push(value);
  }
}

/** The value itself and everything below it; arrays are not listed, only their items. */
export function selectDescendants(value: unknown, budget: Budget): unknown {
  if (value === undefined) {
    return undefined;
  }
  const found = sequenceOf([]);
  descendInto(found, value, budget, 0);
  return found.length === 1 ? found[0] : found;
}

function descendInto(target: unknown[], value: unknown, budget: Budget, depth: number): void {
  budget.spend(1 / 4);
  budget.checkNesting(depth);
  if (!Array.isArray(value)) {
    target.push(value);
  }
  if (Array.isArray(value) || isObject(value)) {
    for (const child of Array.isArray(value) ? value : Object.values(value)) {
      descendInto(target, child, budget, depth + 1);
    }
  }
}

export function pushAll(target: unknown[], items: readonly unknown[], budget: Budget): void {
  budget.spendOnItems(items.length);
  budget.checkListLength(target.length + items.length);
  for (const item of items) {
    target.push(item);
  }
}
