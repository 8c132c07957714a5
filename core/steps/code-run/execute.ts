/** Hands code and input to the sandbox. The source is read as written: it is no template. */
import { limits } from '@/core/limits';
import type { StepExecutor } from '@/core/steps/contract';
import { failConfig } from '@/core/steps/templated';

export const executor: StepExecutor = {
  plan: ({ written, config, input, timeoutMs, nowMs, idempotencyKey }) => {
    if (typeof written.source !== 'string') return failConfig('The step has no code.');
    return {
      type: 'code',
      task: {
        source: written.source,
        // A missing value drops its field, and a missing whole is no reason to take the step before instead.
        input: 'input' in written ? (config.input ?? null) : input,
        timeoutMs: Math.min(timeoutMs, limits.codeTimeoutMaxMs),
        nowMs,
        seed: idempotencyKey,
      },
    };
  },
};
