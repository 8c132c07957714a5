/** The transform is done when its config is resolved; what is missing altogether is null. */
import type { StepExecutor } from '@/core/steps/contract';

export const executor: StepExecutor = {
  plan: ({ config }) => ({ type: 'complete', output: config.output ?? null, port: 'out' }),
};
