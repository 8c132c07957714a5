/** Plans the event. The append that completes the step writes it, so it exists if and only if the step succeeded. */
import { limits } from '@/core/limits';
import type { StepExecutor } from '@/core/steps/contract';
import { publishConfig } from '@/core/steps/event-publish/manifest';
import { asResolved, failConfig, readConfig } from '@/core/steps/templated';

const resolvedConfig = publishConfig(asResolved);

export const executor: StepExecutor = {
  plan: ({ config, flowId }) => {
    const read = readConfig(resolvedConfig, config);
    if (!read.isValid) {
      return read.plan;
    }
    const { type, subject, data, source, schemaVersion } = read.config;
    for (const [name, text] of Object.entries({ subject, source })) {
      if (typeof text === 'string' && !isAttribute(text)) {
        return failConfig(`The ${name} of an event is one line of text, ${limits.eventAttributeBytes} bytes at most.`);
      }
    }
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

/** What a text column and its index can hold; control characters and lone surrogates are nobody's business key. */
const isAttribute = (text: string): boolean =>
  !/[\p{Cc}\p{Cs}]/u.test(text) && new TextEncoder().encode(text).length <= limits.eventAttributeBytes;
