/**
 * The values that exist only while an expression runs: functions, sequences and tuple streams, and the rules JSONata
 * has for all values. Functions are instances of a class of ours, so no JSON that arrives from outside can pose as one.
 * Refuses to change any value it is given.
 */

import { HeadraceError } from '@/core/errors';
import type { LambdaNode } from '@/core/expression/ast';
import type { Budget } from '@/core/expression/evaluator/budget';
import type { Evaluation } from '@/core/expression/evaluator/evaluation';
import type { Scope } from '@/core/expression/evaluator/scope';
import type { Parameters } from '@/core/expression/functions/parameters';

export abstract class FunctionValue {
  abstract readonly arity: number;
}

/** `function($x){ … }` with what it closed over. */
export class Lambda extends FunctionValue {
  readonly arity: number;
  constructor(
    readonly node: LambdaNode,
    readonly context: unknown,
    readonly scope: Scope,
  ) {
    super();
    this.arity = node.arguments.length;
  }
}

export type Implementation = (args: readonly unknown[], evaluation: Evaluation, context: unknown) => unknown;

/** A function of ours. `arity` decides how many arguments `$map` and its kin pass. */
export class NativeFunction extends FunctionValue {
  constructor(
    readonly name: string,
    readonly arity: number,
    readonly run: Implementation,
    readonly parameters?: Parameters,
  ) {
    super();
  }
}

/**
 * A sequence is an array that is the result of a selection: with one item it is that item, with none it is nothing.
 * `keeps` stops the first (`expr[]`). The marks are symbols, so they neither meet data nor show in JSON.
 */
const sequenceMark = Symbol('sequence');
/** An array that counts as one item when results are flattened. */
const itemMark = Symbol('item');

interface MarkedArray extends Array<unknown> {
  [sequenceMark]?: 'collapses' | 'keeps';
  [itemMark]?: true;
}

export function sequenceOf(items: unknown[]): unknown[] {
  (items as MarkedArray)[sequenceMark] = 'collapses';
  return items;
}

export const isSequence = (value: unknown): value is unknown[] =>
  Array.isArray(value) && (value as MarkedArray)[sequenceMark] !== undefined;

/** @param sequence made by {@link sequenceOf} */
export function keepSingleton(sequence: unknown[]): void {
  (sequence as MarkedArray)[sequenceMark] = 'keeps';
}

/** @param array made by the caller; never one from the frame */
export function markAsItem(array: unknown[]): void {
  (array as MarkedArray)[itemMark] = true;
}

export const isItem = (array: unknown[]): boolean => (array as MarkedArray)[itemMark] === true;

export const isMarked = (array: unknown[]): boolean => isSequence(array) || isItem(array);

/** What a sequence means to whoever asked for its value. */
export function collapse(sequence: unknown[]): unknown {
  if (sequence.length > 1) {
    return sequence;
  }
  return sequence.length === 1 && (sequence as MarkedArray)[sequenceMark] === 'keeps' ? sequence : sequence[0];
}

/** One item of a path with the names bound on the way to it; `@` is the item itself. */
export type Tuple = ReadonlyMap<string, unknown>;

export class TupleStream {
  constructor(readonly tuples: readonly Tuple[]) {}
}

export type ObjectValue = Readonly<Record<string, unknown>>;

/** An object of data: neither array, function nor null. */
export const isObject = (value: unknown): value is ObjectValue =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof FunctionValue);

/**
 * Sets a member of an object made by the evaluator.
 * @throws HeadraceError for `__proto__`, which assignment would take for the prototype
 */
export function setMember(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') {
    throw new HeadraceError('expression.failed', 'An object cannot have a member named __proto__.');
  }
  target[key] = value;
}

/** Own members only: `constructor` and its kin are names like any other, present when the data has them. */
export const member = (target: ObjectValue, key: string): unknown =>
  Object.hasOwn(target, key) ? target[key] : undefined;

/** JSONata's name for the type, as in messages and `$type`. */
export function typeName(value: unknown): string {
  if (value === null) {
    return 'null';
  }
  if (Array.isArray(value)) {
    return 'array';
  }
  if (value instanceof FunctionValue) {
    return 'function';
  }
  return value === undefined ? 'missing value' : typeof value;
}

export const fail = (message: string): never => {
  throw new HeadraceError('expression.failed', message);
};

/** Both as one list; nothing adds nothing. Arguments that are no arrays count as lists of one. */
export function append(first: unknown, second: unknown, budget: Budget): unknown {
  if (first === undefined) {
    return second;
  }
  if (second === undefined) {
    return first;
  }
  const left = Array.isArray(first) ? first : [first];
  const right = Array.isArray(second) ? second : [second];
  budget.spendOnItems(left.length + right.length);
  return [...left, ...right];
}

/**
 * JSONata's effective boolean value: nothing, null, empty texts, arrays and objects, zero and functions are false; an
 * array is true when one of its items is.
 */
export function isTrue(value: unknown, budget: Budget): boolean {
  if (Array.isArray(value)) {
    budget.spendOnItems(value.length);
    return value.some((item) => {
      budget.spend(1 / 16);
      return isTrue(item, budget);
    });
  }
  return isObject(value) ? hasMembers(value) : !(value instanceof FunctionValue) && Boolean(value);
}

function hasMembers(value: ObjectValue): boolean {
  for (const _ in value) {
    return true;
  }
  return false;
}

/** Equality by structure; the order of an object's members does not matter. */
export function isEqual(left: unknown, right: unknown, budget: Budget, depth = 0): boolean {
  if (left === right) {
    return true;
  }
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) {
    return false;
  }
  budget.spend(1 / 4);
  budget.checkNesting(depth);
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, at) => isEqual(item, right[at], budget, depth + 1));
  }
  if (!isObject(left) || !isObject(right)) {
    return false;
  }
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && isEqual(left[key], right[key], budget, depth + 1))
  );
}
