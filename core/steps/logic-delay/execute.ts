/** Plans the pause. An instant that has passed is due at once; a pause beyond the limit fails the step. */
import { limits } from '@/core/limits';
import type { StepExecutor } from '@/core/steps/contract';
import { delayConfig } from '@/core/steps/logic-delay/manifest';
import { asResolved, failConfig, readConfig } from '@/core/steps/templated';

const resolvedConfig = delayConfig(asResolved);

export const executor: StepExecutor = {
  plan: ({ config, nowMs }) => {
    const read = readConfig(resolvedConfig, config);
    if (!read.isValid) return read.plan;
    const { forMs, until } = read.config;
    if ((forMs === undefined) === (until === undefined)) {
      return failConfig('Either how long to wait or until when is needed, and it did not resolve.');
    }
    const untilMs = until === undefined ? nowMs + (forMs ?? 0) : Date.parse(until);
    if (untilMs - nowMs > limits.delayMaxMs) {
      return failConfig(`A delay may last ${limits.delayMaxMs / 86_400_000} days at most.`);
    }
    return { type: 'wait', untilMs: Math.max(untilMs, nowMs) };
  },
};
