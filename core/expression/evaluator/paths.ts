/**
 * Paths: `a.b[c].{…}`. Each step maps the items of the one before; results are flattened, and selections that found
 * one thing become that thing. Steps that bind names (`@$v`, `#$i`, `%`) carry those along in tuples.
 * Refuses to mark or change arrays that came from outside.
 */

import type { ExpressionNode, PathNode, Stage } from '@/core/expression/ast';
import type { Evaluation } from '@/core/expression/evaluator/evaluation';
import { evaluateGroup } from '@/core/expression/evaluator/grouping';
import { Scope } from '@/core/expression/evaluator/scope';
import { pushAll } from '@/core/expression/evaluator/selection';
import { sortItems, sortTuples } from '@/core/expression/evaluator/sorting';
import {
  isItem,
  isObject,
  isSequence,
  isTrue,
  keepSingleton,
  member,
  sequenceOf,
  type Tuple,
  TupleStream,
} from '@/core/expression/evaluator/values';

export function evaluatePath(node: PathNode, context: unknown, scope: Scope, evaluation: Evaluation): unknown {
  if (node.plainNames) {
    const found = walkObjects(node.plainNames, context, evaluation);
    if (found !== needsFullWalk) {
      return found;
    }
  }
  let result = walkSteps(node, context, scope, evaluation);
  if (node.keepSingletonArray && Array.isArray(result)) {
    if (isItem(result) && !isSequence(result)) {
      result = sequenceOf([result]);
    }
    if (isSequence(result)) {
      keepSingleton(result);
    }
  }
  return node.group ? evaluateGroup(node.group.lhs, result, scope, evaluation) : result;
}

const needsFullWalk = Symbol('needs full walk');

/** The common case, `steps.a.output.id` through plain objects, without building a sequence per step. */
function walkObjects(names: readonly string[], context: unknown, evaluation: Evaluation): unknown {
  let value = context;
  evaluation.budget.spend(names.length);
  for (const name of names) {
    if (Array.isArray(value)) {
      return needsFullWalk;
    }
    if (!isObject(value)) {
      return undefined;
    }
    value = member(value, name);
  }
  return isSequence(value) ? needsFullWalk : value;
}

function walkSteps(node: PathNode, context: unknown, scope: Scope, evaluation: Evaluation): unknown {
  const [first] = node.steps;
  let items: unknown[] = Array.isArray(context) && first?.type !== 'variable' ? context : [context];
  let stream: TupleStream | undefined;
  let result: unknown;
  for (const [at, step] of node.steps.entries()) {
    if (step.tuple || stream) {
      stream = evaluateTupleStep(step, items, stream, scope, evaluation);
      continue;
    }
    result =
      at === 0 && step.consarray
        ? evaluation.evaluate(step, items, scope)
        : evaluateStep(step, items, scope, evaluation, at === node.steps.length - 1);
    if (result === undefined || (Array.isArray(result) && result.length === 0)) {
      return result;
    }
    items = Array.isArray(result) ? result : [result];
  }
  if (!stream) {
    return result;
  }
  return node.tuple || node.group ? stream : sequenceOf(stream.tuples.map(itemOf));
}

const itemOf = (tuple: Tuple): unknown => tuple.get('@');

function evaluateStep(
  step: ExpressionNode,
  items: readonly unknown[],
  scope: Scope,
  evaluation: Evaluation,
  isLast: boolean,
): unknown[] {
  if (step.type === 'sort') {
    return filterStages(step.stages, sortItems(step, items, scope, evaluation), scope, evaluation) as unknown[];
  }
  const results: unknown[] = [];
  for (const item of items) {
    const result = filterStages(step.stages, evaluation.evaluate(step, item, scope), scope, evaluation);
    if (result !== undefined) {
      results.push(result);
    }
  }
  const [only] = results;
  if (isLast && results.length === 1 && Array.isArray(only) && !isSequence(only)) {
    return only;
  }
  const flattened = sequenceOf([]);
  for (const result of results) {
    if (Array.isArray(result) && !isItem(result)) {
      pushAll(flattened, result, evaluation.budget);
    } else {
      flattened.push(result);
    }
  }
  return flattened;
}

function filterStages(
  stages: readonly Stage[] | undefined,
  value: unknown,
  scope: Scope,
  evaluation: Evaluation,
): unknown {
  let result = value;
  for (const stage of stages ?? []) {
    if (stage.type === 'filter') {
      result = filterItems(stage.expr, result, scope, evaluation);
    }
  }
  return result;
}

/**
 * `value[predicate]`: the item at a position (negative from the end), or the items for which the predicate is true or
 * names their position.
 */
export function filterItems(predicate: ExpressionNode, value: unknown, scope: Scope, evaluation: Evaluation): unknown {
  if (value instanceof TupleStream) {
    return new TupleStream(filterTuples(predicate, value.tuples, scope, evaluation));
  }
  const items = Array.isArray(value) ? value : value === undefined ? [] : [value];
  if (predicate.type === 'number') {
    const item = items.at(Math.floor(Number(predicate.value)));
    return Array.isArray(item) ? item : sequenceOf(item === undefined ? [] : [item]);
  }
  const kept = sequenceOf([]);
  for (const [at, item] of items.entries()) {
    const timesKept = countMatches(evaluation.evaluate(predicate, item, scope), at, items.length, evaluation);
    for (let copy = 0; copy < timesKept; copy += 1) {
      kept.push(item);
    }
  }
  return kept;
}

function filterTuples(
  predicate: ExpressionNode,
  tuples: readonly Tuple[],
  scope: Scope,
  evaluation: Evaluation,
): readonly Tuple[] {
  if (predicate.type === 'number') {
    const tuple = tuples.at(Math.floor(Number(predicate.value)));
    return tuple ? [tuple] : [];
  }
  return tuples.filter((tuple, at) => {
    const verdict = evaluation.evaluate(predicate, itemOf(tuple), new Scope(scope, new Map(tuple)));
    return countMatches(verdict, at, tuples.length, evaluation) > 0;
  });
}

/** A number or list of numbers selects positions, each time it names one; anything else is a condition. */
function countMatches(verdict: unknown, at: number, length: number, evaluation: Evaluation): number {
  const positions = typeof verdict === 'number' ? [verdict] : verdict;
  if (!Array.isArray(positions) || !positions.every((position) => typeof position === 'number')) {
    return isTrue(verdict, evaluation.budget) ? 1 : 0;
  }
  evaluation.budget.spendOnItems(positions.length);
  return positions.filter((position) => {
    const index = Math.floor(position);
    return (index < 0 ? length + index : index) === at;
  }).length;
}

function evaluateTupleStep(
  step: ExpressionNode,
  items: readonly unknown[],
  before: TupleStream | undefined,
  scope: Scope,
  evaluation: Evaluation,
): TupleStream {
  let tuples: readonly Tuple[];
  if (step.type === 'sort') {
    tuples = before
      ? sortTuples(step, before.tuples, scope, evaluation)
      : sortItems(step, items, scope, evaluation).map((item) => new Map([['@', item]]));
    const { index } = step;
    if (!before && index !== undefined) {
      tuples = tuples.map((tuple, at) => new Map(tuple).set(index, at));
    }
  } else {
    const starts = before?.tuples ?? items.map((item) => new Map([['@', item]]));
    tuples = starts.flatMap((tuple) => advanceTuple(step, tuple, scope, evaluation));
  }
  for (const stage of step.stages ?? []) {
    tuples =
      stage.type === 'filter'
        ? filterTuples(stage.expr, tuples, scope, evaluation)
        : tuples.map((tuple, at) => new Map(tuple).set(stage.value, at));
    evaluation.budget.spend(tuples.length / 4);
  }
  return new TupleStream(tuples);
}

/** One tuple for each thing the step finds from `tuple`, with the names the step binds. */
function advanceTuple(step: ExpressionNode, tuple: Tuple, scope: Scope, evaluation: Evaluation): Tuple[] {
  const result = evaluation.evaluate(step, itemOf(tuple), new Scope(scope, new Map(tuple)));
  if (result instanceof TupleStream) {
    evaluation.budget.spend(result.tuples.length);
    return result.tuples.map((inner) => new Map([...tuple, ...inner]));
  }
  const found: readonly unknown[] = result === undefined ? [] : Array.isArray(result) ? result : [result];
  evaluation.budget.spend(found.length);
  return found.map((item, at) => {
    const next = new Map(tuple);
    if (step.focus === undefined) {
      next.set('@', item);
    } else {
      next.set(step.focus, item);
    }
    if (step.index !== undefined) {
      next.set(step.index, at);
    }
    if (step.ancestor) {
      next.set(step.ancestor.label, itemOf(tuple));
    }
    return next;
  });
}
