/** Plans the event. The append that completes the step writes it, so it exists if and only if the step succeeded. */
import type { StepExecutor } from '@/core/steps/contract';
import { publishConfig } from '@/core/steps/event-publish/manifest';
import { asResolved, readConfig } from '@/core/steps/templated';

const resolvedConfig = publishConfig(asResolved);

export const executor: StepExecutor = {
  plan: ({ config, flowId }) => {
    const read = readConfig(resolvedConfig, config);
    if (!read.isValid) {
      return read.plan;
    }
    const { type, subject, data, source, schemaVersion } = read.config;
    return {
      type: 'publish',
      event: {
        type,
        source: source ?? `/flows/${flowId}`,
        subject: subject ?? null,
        data: data ?? null,
        schemaVersion: schemaVersion ?? null,
      },
    };
  },
};
