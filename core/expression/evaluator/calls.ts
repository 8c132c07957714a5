/**
 * Calling functions: built in, written in the expression, or made from others. Calls in tail position are carried out
 * in a loop, so that recursion written that way needs no stack; it pays fuel like everything else.
 */

import type { ApplyNode, CallNode } from '@/core/expression/ast';
import type { Evaluation } from '@/core/expression/evaluator/evaluation';
import { Scope } from '@/core/expression/evaluator/scope';
import { FunctionValue, fail, Lambda, NativeFunction, typeName } from '@/core/expression/evaluator/values';
import { parametersOf } from '@/core/expression/functions/parameters';

/** A call in tail position that is still to be made. */
export class Thunk {
  constructor(
    readonly node: CallNode,
    readonly context: unknown,
    readonly scope: Scope,
  ) {}
}

export function evaluateCall(
  node: CallNode,
  context: unknown,
  scope: Scope,
  evaluation: Evaluation,
  piped: readonly unknown[] = [],
): unknown {
  const target = evaluation.evaluate(node.procedure, context, scope);
  const args = [...piped];
  for (const argument of node.arguments) {
    args.push(evaluation.evaluate(argument, context, scope));
  }
  evaluation.position = placeOf(node, evaluation);
  return invoke(target, args, context, evaluation);
}

/** The name of the function rather than the bracket behind it. */
const placeOf = (node: CallNode, evaluation: Evaluation): number =>
  node.procedure.position ?? node.position ?? evaluation.position;

/** @throws HeadraceError `expression.failed` when `target` is no function */
export function invoke(target: unknown, args: readonly unknown[], context: unknown, evaluation: Evaluation): unknown {
  evaluation.budget.enterCall();
  let result = invokeOnce(target, args, context, evaluation);
  while (result instanceof Thunk) {
    const { node, scope } = result;
    const callee = evaluation.evaluate(node.procedure, result.context, scope);
    const nextArgs: unknown[] = [];
    for (const argument of node.arguments) {
      nextArgs.push(evaluation.evaluate(argument, result.context, scope));
    }
    evaluation.position = placeOf(node, evaluation);
    result = invokeOnce(callee, nextArgs, context, evaluation);
  }
  evaluation.budget.leaveCall();
  return result;
}

function invokeOnce(target: unknown, args: readonly unknown[], context: unknown, evaluation: Evaluation): unknown {
  evaluation.budget.spend(1);
  if (target instanceof NativeFunction) {
    const accepted = target.parameters?.accept(target.name, args, context, evaluation.budget) ?? args;
    return target.run(accepted, evaluation, context);
  }
  if (target instanceof Lambda) {
    const { node, scope } = target;
    const accepted = node.signature
      ? parametersOf(node.signature.definition).accept('function', args, context, evaluation.budget)
      : args;
    const inner = new Scope(scope);
    for (const [at, parameter] of node.arguments.entries()) {
      inner.bind(parameter.value, accepted[at]);
    }
    return evaluation.evaluate(node.body, target.context, inner);
  }
  return fail(`Only a function can be called, not a value of type ${typeName(target)}.`);
}

/** `$f(?, 2)`: a function of what is left open. */
export function evaluatePartial(node: CallNode, context: unknown, scope: Scope, evaluation: Evaluation): unknown {
  const given = node.arguments.map((argument) =>
    argument.type === 'operator'
      ? { isOpen: true as const }
      : { isOpen: false as const, value: evaluation.evaluate(argument, context, scope) },
  );
  const target = evaluation.evaluate(node.procedure, context, scope);
  evaluation.position = node.position ?? evaluation.position;
  if (!(target instanceof FunctionValue)) {
    return fail(`Only a function can be applied in part, not a value of type ${typeName(target)}.`);
  }
  const arity = given.filter((argument) => argument.isOpen).length;
  return new NativeFunction('function', arity, (args, inner) => {
    let next = 0;
    return inner.call(
      target,
      given.map((argument) => (argument.isOpen ? args[next++] : argument.value)),
    );
  });
}

/** `value ~> function`, and `f ~> g` for the function that applies both. */
export function evaluateApply(node: ApplyNode, context: unknown, scope: Scope, evaluation: Evaluation): unknown {
  const left = evaluation.evaluate(node.lhs, context, scope);
  if (node.rhs.type === 'function') {
    return evaluateCall(node.rhs, context, scope, evaluation, [left]);
  }
  const target = evaluation.evaluate(node.rhs, context, scope);
  evaluation.position = node.position ?? evaluation.position;
  if (!(target instanceof FunctionValue)) {
    return fail(`The right side of ~> must be a function, not a value of type ${typeName(target)}.`);
  }
  if (left instanceof FunctionValue) {
    return new NativeFunction('function', 1, ([value], inner) => inner.call(target, [inner.call(left, [value])]));
  }
  return evaluation.call(target, [left]);
}
