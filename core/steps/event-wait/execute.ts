/** Plans the wait. A key that names nothing fails the step: it would wait for ever, or for anybody's event. */
import { limits } from '@/core/limits';
import type { StepExecutor, StepPlan } from '@/core/steps/contract';
import { waitConfig } from '@/core/steps/event-wait/manifest';
import { waitKeyOf } from '@/core/steps/event-wait/wait-key';
import { asResolved, readConfig } from '@/core/steps/templated';

const resolvedConfig = waitConfig(asResolved);

export const executor: StepExecutor = {
  plan: ({ config, written, nowMs }) => {
    // What the candidates are asked is not evaluated here. A key that is missing is told apart from one nobody wrote.
    const whole = { ...config, key: config.key ?? null, eventKey: written.eventKey ?? null };
    const read = readConfig(resolvedConfig, whole);
    if (!read.isValid) return read.plan;
    const { type, key, eventKey, waitMs } = read.config;
    const text = waitKeyOf(key);
    if (text === null) return keyMissing(key === null || key === '');
    return {
      type: 'await',
      awaits: { on: 'event', eventType: type, key: text, eventKey },
      untilMs: waitMs === undefined ? null : nowMs + waitMs,
    };
  },
};

const keyMissing = (isNothing: boolean): StepPlan => ({
  type: 'fail',
  error: {
    code: 'wait.keyInvalid',
    message: isNothing
      ? 'The key of the wait is nothing (missing, null or an empty text), so no event could be told to be the one.'
      : `The key of the wait is larger than ${limits.waitKeyLength / 1024} KiB. A key is what names one thing, such as a number.`,
    isRetryable: false,
  },
});
