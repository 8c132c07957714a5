/** Plans the start of the other run. Which flow that is, and whether it can be called now, is found out where flows are known. */
import type { StepExecutor } from '@/core/steps/contract';
import { callConfig } from '@/core/steps/flow-call/manifest';
import { asResolved, readConfig } from '@/core/steps/templated';

const resolvedConfig = callConfig(asResolved);

export const executor: StepExecutor = {
  plan: ({ config, written, input, nowMs, deadlineMs }) => {
    const read = readConfig(resolvedConfig, config);
    if (!read.isValid) return read.plan;
    const { wait = true } = read.config;
    const flow = read.config.flow.trim();
    // What was written and came to nothing is nothing, not the input.
    const data = read.config.data ?? (written.data === undefined ? input : null);
    if (!wait) return { type: 'spawn', flow, data };
    return {
      type: 'await',
      awaits: { on: 'child', flow, data },
      untilMs: deadlineMs === null ? null : nowMs + deadlineMs,
    };
  },
};
