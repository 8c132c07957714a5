/**
 * Tries the cases from the top and stops at the first that is true. Later conditions are never evaluated, so a case may
 * guard the next one against a missing value.
 */
import { isTruthy } from '@/core/expression';
import { isPlainObject, jsonPointer } from '@/core/json';
import type { StepExecutor } from '@/core/steps/contract';
import { failConfig } from '@/core/steps/templated';

export const executor: StepExecutor = {
  plan: async ({ written, input, evaluate }) => {
    const cases = Array.isArray(written.cases) ? written.cases : [];
    for (const [index, item] of cases.entries()) {
      if (!isPlainObject(item) || typeof item.port !== 'string') {
        return failConfig(`Case ${index + 1} has no port.`);
      }
      if (isTruthy(await evaluate(jsonPointer('cases', index, 'when')))) {
        return { type: 'complete', output: input, port: item.port };
      }
    }
    return { type: 'complete', output: input, port: 'else' };
  },
};
