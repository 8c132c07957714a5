/** Plans the failure. It is terminal: trying again would decide the same. */
import { limits } from '@/core/limits';
import type { StepExecutor } from '@/core/steps/contract';
import { failConfigSchema } from '@/core/steps/logic-fail/manifest';
import { asResolved, readConfig } from '@/core/steps/templated';

const resolvedConfig = failConfigSchema(asResolved);

export const executor: StepExecutor = {
  plan: ({ config }) => {
    const read = readConfig(resolvedConfig, config);
    if (!read.isValid) {
      return read.plan;
    }
    const { message, code } = read.config;
    return {
      type: 'fail',
      error: {
        code: code ?? 'step.failedOnPurpose',
        message: message.slice(0, limits.noteLength),
        isRetryable: false,
      },
    };
  },
};
