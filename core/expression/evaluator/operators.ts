/**
 * The binary operators. Arithmetic and comparison refuse mixed types instead of converting, as JSONata does; a missing
 * operand makes the result missing.
 */

import type { BinaryNode, BinaryOperator } from '@/core/expression/ast';
import type { Budget } from '@/core/expression/evaluator/budget';
import type { Evaluation } from '@/core/expression/evaluator/evaluation';
import type { Scope } from '@/core/expression/evaluator/scope';
import { toText } from '@/core/expression/evaluator/text';
import { fail, isEqual, isTrue, sequenceOf, typeName } from '@/core/expression/evaluator/values';

type ValueOperator = Exclude<BinaryOperator, 'and' | 'or'>;

export function evaluateBinary(node: BinaryNode, context: unknown, scope: Scope, evaluation: Evaluation): unknown {
  const { budget } = evaluation;
  const left = evaluation.evaluate(node.lhs, context, scope);
  if (node.value === 'and' || node.value === 'or') {
    const isLeftTrue = isTrue(left, budget);
    return isLeftTrue === (node.value === 'or')
      ? isLeftTrue
      : isTrue(evaluation.evaluate(node.rhs, context, scope), budget);
  }
  const right = evaluation.evaluate(node.rhs, context, scope);
  evaluation.position = node.position ?? evaluation.position;
  return applyOperator(node.value, left, right, budget);
}

function applyOperator(operator: ValueOperator, left: unknown, right: unknown, budget: Budget): unknown {
  switch (operator) {
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return calculate(operator, left, right);
    case '=':
      return left !== undefined && right !== undefined && isEqual(left, right, budget);
    case '!=':
      return left !== undefined && right !== undefined && !isEqual(left, right, budget);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compare(operator, left, right);
    case '&':
      return concatenate(left, right, budget);
    case '..':
      return range(left, right, budget);
    case 'in':
      return isIn(left, right, budget);
  }
}

function calculate(operator: '+' | '-' | '*' | '/' | '%', left: unknown, right: unknown): number | undefined {
  requireNumber(operator, 'left', left);
  requireNumber(operator, 'right', right);
  if (left === undefined || right === undefined) {
    return undefined;
  }
  const result = calculations[operator](left as number, right as number);
  return Number.isFinite(result)
    ? result
    : fail(right === 0 ? `${operator} divides by zero.` : `The result of ${operator} is too large a number.`);
}

const calculations = {
  '+': (left: number, right: number) => left + right,
  '-': (left: number, right: number) => left - right,
  '*': (left: number, right: number) => left * right,
  '/': (left: number, right: number) => left / right,
  '%': (left: number, right: number) => left % right,
};

function requireNumber(operator: string, side: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'number') {
    fail(`The ${side} side of ${operator} must be a number, not a value of type ${typeName(value)}.`);
  }
}

function compare(operator: '<' | '<=' | '>' | '>=', left: unknown, right: unknown): boolean | undefined {
  for (const value of [left, right]) {
    if (value !== undefined && typeof value !== 'string' && typeof value !== 'number') {
      fail(`${operator} compares numbers or texts, not a value of type ${typeName(value)}.`);
    }
  }
  if (left === undefined || right === undefined) {
    return undefined;
  }
  if (typeof left !== typeof right) {
    fail(`${operator} compares a ${typeName(left)} with a ${typeName(right)}: convert one with $number or $string.`);
  }
  switch (operator) {
    case '<':
      return (left as number) < (right as number);
    case '<=':
      return (left as number) <= (right as number);
    case '>':
      return (left as number) > (right as number);
    case '>=':
      return (left as number) >= (right as number);
  }
}

function concatenate(left: unknown, right: unknown, budget: Budget): string {
  const leftText = left === undefined ? '' : toText(left, budget);
  const rightText = right === undefined ? '' : toText(right, budget);
  budget.spendOnText(leftText.length + rightText.length);
  return leftText + rightText;
}

function range(first: unknown, last: unknown, budget: Budget): unknown[] | undefined {
  for (const bound of [first, last]) {
    if (bound !== undefined && !Number.isInteger(bound)) {
      fail(`A range [a..b] needs whole numbers, not a value of type ${typeName(bound)}.`);
    }
  }
  if (first === undefined || last === undefined || (first as number) > (last as number)) {
    return undefined;
  }
  const start = first as number;
  const length = (last as number) - start + 1;
  budget.spendOnItems(length);
  return sequenceOf(Array.from({ length }, (_, at) => start + at));
}

function isIn(value: unknown, list: unknown, budget: Budget): boolean {
  if (value === undefined || list === undefined) {
    return false;
  }
  if (!Array.isArray(list)) {
    return value === list;
  }
  budget.spendOnItems(list.length);
  return list.includes(value);
}
