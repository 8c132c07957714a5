/** Plans the answer. Refuses a body where the status forbids one, because the caller would wait for it. */
import type { StepExecutor } from '@/core/steps/contract';
import { asResolved, failConfig, readConfig } from '@/core/steps/templated';
import { isBodiless, respondConfig } from '@/core/steps/webhook-respond/manifest';

const resolvedConfig = respondConfig(asResolved);

export const executor: StepExecutor = {
  plan: ({ config }) => {
    const read = readConfig(resolvedConfig, config);
    if (!read.isValid) {
      return read.plan;
    }
    const status = read.config.status ?? 200;
    const body = read.config.body ?? null;
    if (isBodiless(status) && body !== null) {
      return failConfig(`An answer with status ${status} has no body.`);
    }
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(read.config.headers ?? {})) {
      if (value !== null) {
        headers[name] = value;
      }
    }
    return { type: 'respond', answer: { status, headers, body } };
  },
};
