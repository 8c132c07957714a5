/**
 * Values as text, as `&` and `$string` make them. Structures are measured before they are written, because parts may
 * be shared many times over and the text of a small value can be enormous.
 */

import type { Budget } from '@/core/expression/evaluator/budget';
import { FunctionValue, fail } from '@/core/expression/evaluator/values';

/** Fifteen digits, so that 0.1 + 0.2 reads 0.3 (JSONata's rule). */
const presentNumber = (value: number): number => (Number.isInteger(value) ? value : Number(value.toPrecision(15)));

/**
 * @param value anything but undefined
 * @param indent spaces per level; 0 for compact JSON
 */
export function toText(value: unknown, budget: Budget, indent = 0): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
      return String(presentNumber(value));
    case 'boolean':
      return value ? 'true' : 'false';
    default:
      break;
  }
  if (value instanceof FunctionValue) {
    return '';
  }
  measure(value, budget, 0);
  const text = JSON.stringify(value, presentMember, indent);
  budget.spendOnText(text.length);
  return text;
}

function presentMember(_key: string, value: unknown): unknown {
  if (typeof value === 'number') {
    return presentNumber(value);
  }
  return value instanceof FunctionValue ? '' : value;
}

function measure(value: unknown, budget: Budget, depth: number): void {
  budget.spend(1 / 8);
  budget.checkNesting(depth);
  if (typeof value === 'string') {
    budget.spendOnText(value.length);
  } else if (typeof value === 'number' && !Number.isFinite(value)) {
    fail('A number is too large to be written.');
  } else if (typeof value === 'object' && value !== null && !(value instanceof FunctionValue)) {
    for (const item of Array.isArray(value) ? value : Object.values(value)) {
      measure(item, budget, depth + 1);
    }
  }
}
