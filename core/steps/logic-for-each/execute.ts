/** Opens the loop over the list the items resolved to. What is no list fails the step; an empty one is complete at once. */
import { limits } from '@/core/limits';
import type { StepExecutor } from '@/core/steps/contract';
import { forEachConfig } from '@/core/steps/logic-for-each/manifest';
import { asResolved, failConfig, readConfig } from '@/core/steps/templated';

const resolvedConfig = forEachConfig(asResolved);

export const executor: StepExecutor = {
  plan: ({ config }) => {
    // A missing value leaves its field out; it is told as what it is, not as a field nobody filled in.
    const read = readConfig(resolvedConfig, { ...config, items: config.items ?? null });
    if (!read.isValid) return read.plan;
    const { items, concurrency = 1, onError = 'stop' } = read.config;
    if (!Array.isArray(items)) return failConfig(`A list is expected to go through; this is ${nameOf(items)}.`);
    if (items.length > limits.loopItems) {
      return failConfig(`The list has ${items.length} items; a loop goes through ${limits.loopItems} at most.`);
    }
    return { type: 'loop', items, concurrency, onError };
  },
};

function nameOf(value: unknown): string {
  if (value === null) return 'nothing (the value is missing or null)';
  if (typeof value === 'object')
    return 'an object. A filter that finds one item gives that item; add [] to its end for a list';
  return typeof value === 'string' ? 'text' : `a ${typeof value}`;
}
