/**
 * Objects from expressions: `{"key": value}` and, behind a path, `items{key: value}`, which gathers the items with the
 * same key and evaluates the value once for all of them.
 */

import type { Pair } from '@/core/expression/ast';
import type { Evaluation } from '@/core/expression/evaluator/evaluation';
import { Scope } from '@/core/expression/evaluator/scope';
import { pushAll } from '@/core/expression/evaluator/selection';
import { append, fail, setMember, type Tuple, TupleStream, typeName } from '@/core/expression/evaluator/values';

interface Group {
  readonly pair: Pair;
  /** Items of the input, or tuples. */
  readonly members: unknown[];
}

export function evaluateGroup(pairs: readonly Pair[], input: unknown, scope: Scope, evaluation: Evaluation): unknown {
  const isStream = input instanceof TupleStream;
  const items: readonly unknown[] = isStream ? input.tuples : Array.isArray(input) ? input : [input];
  const groups = new Map<string, Group>();
  // without any item the keys are evaluated once, so that a literal object comes out of nothing
  for (const item of items.length === 0 && !isStream ? [undefined] : items) {
    const context = isStream ? (item as Tuple).get('@') : item;
    const inner = isStream ? new Scope(scope, new Map(item as Tuple)) : scope;
    for (const pair of pairs) {
      addToGroup(groups, pair, evaluation.evaluate(pair[0], context, inner), item);
    }
  }
  const result: Record<string, unknown> = {};
  for (const [key, group] of groups) {
    const value = isStream
      ? evaluateForTuples(group.pair, group.members as Tuple[], scope, evaluation)
      : evaluation.evaluate(group.pair[1], contextOf(group, evaluation), scope);
    if (value !== undefined) {
      setMember(result, key, value);
    }
  }
  return result;
}

function addToGroup(groups: Map<string, Group>, pair: Pair, key: unknown, item: unknown): void {
  if (key === undefined) {
    return;
  }
  if (typeof key !== 'string') {
    fail(`The name of an object's member must be a text, not a value of type ${typeName(key)}.`);
    return;
  }
  const group = groups.get(key);
  if (!group) {
    groups.set(key, { pair, members: [item] });
  } else if (group.pair === pair) {
    group.members.push(item);
  } else {
    fail(`The member ${JSON.stringify(key)} is defined twice in one object.`);
  }
}

/** A single item is its own context; several become one list, arrays among them flattened by one level. */
function contextOf(group: Group, evaluation: Evaluation): unknown {
  if (group.members.length === 1) {
    return group.members[0];
  }
  const gathered: unknown[] = [];
  for (const item of group.members) {
    if (item !== undefined) {
      pushAll(gathered, Array.isArray(item) ? item : [item], evaluation.budget);
    }
  }
  return gathered;
}

/** Each bound name becomes the list of what it was in the tuples of the group. */
function evaluateForTuples(pair: Pair, tuples: readonly Tuple[], scope: Scope, evaluation: Evaluation): unknown {
  const names = new Map<string, unknown>(tuples[0]);
  for (const tuple of tuples.slice(1)) {
    for (const [name, value] of tuple) {
      names.set(name, append(names.get(name), value, evaluation.budget));
    }
  }
  const context = names.get('@');
  names.delete('@');
  return evaluation.evaluate(pair[1], context, new Scope(scope, names));
}
