/**
 * Outcomes that the worker itself makes: of waits that were not answered in time, of outputs that are too large. Refuses the
 * world: what a call or code came to is told by whoever performed it.
 */
import type { JsonValue } from '@/core/json';
import { limits } from '@/core/limits';
import type { Wait } from '@/core/run/types';
import type { AttemptOutcome, StepError } from '@/core/steps/contract';

/** Nobody answered in time. With nothing drawn behind `timeout` the step fails. */
export function timedOut(on: Exclude<Wait['on'], 'child'>, label: string): AttemptOutcome {
  const what = {
    event: { code: 'wait.timedOut', message: `${label} waited, and no event with its key came in time.` },
    approval: { code: 'approval.timedOut', message: `${label} was not answered in time.` },
  }[on];
  const ifUndrawn: StepError = { ...what, isRetryable: false };
  return { type: 'succeeded', output: null, port: 'timeout', ifUndrawn };
}

/** The field, where there is one. */
export const undrawn = (error: StepError | undefined): { readonly ifUndrawn?: StepError } =>
  error === undefined ? {} : { ifUndrawn: error };

/** A step's output is bounded, because the journal keeps every one of them. */
export function withinLimit(output: JsonValue, port: string): AttemptOutcome {
  const isSmall = typeof output !== 'object' && typeof output !== 'string';
  if (isSmall || JSON.stringify(output).length <= limits.stepOutputBytes) {
    return { type: 'succeeded', output, port };
  }
  return {
    type: 'failed',
    error: {
      code: 'step.outputTooLarge',
      message: `The output is larger than ${limits.stepOutputBytes / 1024 / 1024} MiB.`,
      isRetryable: false,
    },
  };
}
