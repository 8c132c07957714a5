/**
 * Evaluates JSONata: its grammar and meaning, within a budget and without waiting. The evaluator of the jsonata
 * package returns promises for every node, has no limits that hold (a result with a member `then` never settles, built-in
 * functions loop unpaid), and takes data with certain members for functions; so the tree is walked here. Refuses to
 * change anything it is given.
 */

import type {
  ArrayNode,
  BlockNode,
  ConditionNode,
  ExpressionNode,
  LambdaNode,
  NegationNode,
  ObjectNode,
} from '@/core/expression/ast';
import type { Budget } from '@/core/expression/evaluator/budget';
import { evaluateApply, evaluateCall, evaluatePartial, invoke, Thunk } from '@/core/expression/evaluator/calls';
import type { Evaluation, EvaluationClock } from '@/core/expression/evaluator/evaluation';
import { evaluateGroup } from '@/core/expression/evaluator/grouping';
import { evaluateBinary } from '@/core/expression/evaluator/operators';
import { evaluatePath, filterItems } from '@/core/expression/evaluator/paths';
import { Scope } from '@/core/expression/evaluator/scope';
import { selectDescendants, selectMember, selectMembers } from '@/core/expression/evaluator/selection';
import { transformer } from '@/core/expression/evaluator/transform';
import {
  append,
  collapse,
  fail,
  isSequence,
  isTrue,
  keepSingleton,
  Lambda,
  markAsItem,
  typeName,
} from '@/core/expression/evaluator/values';
import { matcher } from '@/core/expression/functions/patterns';
import { builtInFunctions } from '@/core/expression/functions/table';

export class Evaluator implements Evaluation {
  position = 0;

  constructor(
    readonly root: unknown,
    readonly clock: EvaluationClock,
    readonly budget: Budget,
  ) {}

  evaluate(node: ExpressionNode, context: unknown, scope: Scope): unknown {
    this.budget.spend(1);
    let result = this.#evaluateKind(node, context, scope);
    if (node.predicate) {
      for (const stage of node.predicate) {
        result = filterItems(stage.expr, result, scope, this);
      }
    }
    if (node.group && node.type !== 'path') {
      result = evaluateGroup(node.group.lhs, result, scope, this);
    }
    if (!isSequence(result)) {
      return result;
    }
    if (node.keepArray) {
      keepSingleton(result);
    }
    return collapse(result);
  }

  call(target: unknown, args: readonly unknown[], context?: unknown): unknown {
    return invoke(target, args, context, this);
  }

  #evaluateKind(node: ExpressionNode, context: unknown, scope: Scope): unknown {
    switch (node.type) {
      case 'path':
        return evaluatePath(node, context, scope, this);
      case 'name':
        return selectMember(context, node.value, this.budget);
      case 'string':
      case 'number':
      case 'value':
        return node.value;
      case 'variable':
        return this.#evaluateVariable(node.value, context, scope);
      case 'binary':
        return evaluateBinary(node, context, scope, this);
      case 'unary':
        return this.#evaluateUnary(node, context, scope);
      case 'condition':
        return this.#evaluateCondition(node, context, scope);
      case 'block':
        return this.#evaluateBlock(node, context, scope);
      case 'bind': {
        const value = this.evaluate(node.rhs, context, scope);
        scope.bind(node.lhs.value, value);
        return value;
      }
      case 'function':
        return evaluateCall(node, context, scope, this);
      case 'partial':
        return evaluatePartial(node, context, scope, this);
      case 'apply':
        return evaluateApply(node, context, scope, this);
      case 'lambda':
        return this.#evaluateLambda(node, context, scope);
      case 'regex':
        return matcher(node.value);
      case 'wildcard':
        return selectMembers(context, this.budget);
      case 'descendant':
        return selectDescendants(context, this.budget);
      case 'parent':
        return scope.find(node.slot.label)?.valueOf(node.slot.label);
      case 'transform':
        return transformer(node, scope, this);
      case 'sort':
      case 'operator':
        return fail('The expression cannot be evaluated here.');
    }
  }

  #evaluateVariable(name: string, context: unknown, scope: Scope): unknown {
    if (name === '') {
      return context;
    }
    if (name === '$') {
      return this.root;
    }
    const bound = scope.find(name);
    return bound ? bound.valueOf(name) : builtInFunctions.get(name);
  }

  #evaluateUnary(node: NegationNode | ArrayNode | ObjectNode, context: unknown, scope: Scope): unknown {
    switch (node.value) {
      case '{':
        return evaluateGroup(node.lhs, context, scope, this);
      case '[':
        return this.#evaluateArray(node, context, scope);
      case '-': {
        const value = this.evaluate(node.expression, context, scope);
        if (value === undefined || typeof value === 'number') {
          return value === undefined ? undefined : -value;
        }
        this.position = node.position ?? this.position;
        return fail(`Only a number can be negated, not a value of type ${typeName(value)}.`);
      }
    }
  }

  #evaluateArray(node: ArrayNode, context: unknown, scope: Scope): unknown[] {
    let array: unknown[] = [];
    for (const expression of node.expressions) {
      const value = this.evaluate(expression, context, scope);
      if (value === undefined) {
        continue;
      }
      if ((expression.type === 'unary' && expression.value === '[') || !Array.isArray(value)) {
        array.push(value);
      } else {
        array = append(array, value, this.budget) as unknown[];
      }
    }
    if (node.consarray) {
      markAsItem(array);
    }
    return array;
  }

  #evaluateCondition(node: ConditionNode, context: unknown, scope: Scope): unknown {
    const chosen = isTrue(this.evaluate(node.condition, context, scope), this.budget) ? node.then : node.else;
    return chosen && this.evaluate(chosen, context, scope);
  }

  #evaluateBlock(node: BlockNode, context: unknown, scope: Scope): unknown {
    const inner = new Scope(scope);
    let result: unknown;
    for (const expression of node.expressions) {
      result = this.evaluate(expression, context, inner);
    }
    return result;
  }

  #evaluateLambda(node: LambdaNode, context: unknown, scope: Scope): unknown {
    return node.thunk && node.body.type === 'function'
      ? new Thunk(node.body, context, scope)
      : new Lambda(node, context, scope);
  }
}
