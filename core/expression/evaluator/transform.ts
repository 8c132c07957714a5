/**
 * The transform operator `| pattern | update, delete |`: a function that returns a changed copy. Refuses to change
 * anything but that copy, also when the pattern finds its way to other values.
 */

import type { TransformNode } from '@/core/expression/ast';
import type { Budget } from '@/core/expression/evaluator/budget';
import type { Evaluation } from '@/core/expression/evaluator/evaluation';
import type { Scope } from '@/core/expression/evaluator/scope';
import { FunctionValue, fail, isObject, NativeFunction, setMember, typeName } from '@/core/expression/evaluator/values';
import { parametersOf } from '@/core/expression/functions/parameters';

const parameters = parametersOf('<(oa):o>');

export function transformer(node: TransformNode, scope: Scope, definition: Evaluation): NativeFunction {
  const { position } = node;
  return new NativeFunction(
    'transform',
    1,
    ([original], evaluation) => {
      if (original === undefined) {
        return undefined;
      }
      const ours = new Set<object>();
      const copy = cloneValue(original, evaluation.budget, ours);
      const found = evaluation.evaluate(node.pattern, copy, scope);
      const matches: readonly unknown[] = found === undefined ? [] : Array.isArray(found) ? found : [found];
      for (const match of matches) {
        evaluation.position = position ?? definition.position;
        changeMatch(node, match, ours, scope, evaluation);
      }
      return copy;
    },
    parameters,
  );
}

function changeMatch(
  node: TransformNode,
  match: unknown,
  ours: ReadonlySet<object>,
  scope: Scope,
  evaluation: Evaluation,
): void {
  const update = evaluation.evaluate(node.update, match, scope);
  if (update !== undefined && !isObject(update)) {
    fail(`The update of a transform must be an object, not a value of type ${typeName(update)}.`);
  }
  const removed = node.delete && evaluation.evaluate(node.delete, match, scope);
  const names: readonly unknown[] = removed === undefined ? [] : Array.isArray(removed) ? removed : [removed];
  if (!isObject(match)) {
    return;
  }
  if (!ours.has(match)) {
    fail('A transform can change only parts of the value it is applied to.');
  }
  const target = match as Record<string, unknown>;
  for (const [key, value] of Object.entries(update ?? {})) {
    setMember(target, key, value);
  }
  for (const name of names) {
    if (typeof name !== 'string') {
      fail(`The names to delete in a transform must be texts, not values of type ${typeName(name)}.`);
    }
    delete target[name as string];
  }
}

/**
 * A deep copy of data; functions inside become empty texts, as in `$string`.
 * @param made receives every object of the copy
 */
export function cloneValue(value: unknown, budget: Budget, made?: Set<object>, depth = 0): unknown {
  budget.spend(1);
  budget.checkNesting(depth);
  if (Array.isArray(value)) {
    return value.map((item) => cloneValue(item, budget, made, depth + 1));
  }
  if (!isObject(value)) {
    return value instanceof FunctionValue ? '' : value;
  }
  const copy: Record<string, unknown> = {};
  for (const [key, child] of Object.entries(value)) {
    setMember(copy, key, cloneValue(child, budget, made, depth + 1));
  }
  made?.add(copy);
  return copy;
}
