/**
 * What must stay true of a recorded run whatever the state looks like inside: how it ended, what each step came to, under
 * which keys. Refuses everything that a later release may name differently.
 */
import type { JsonValue } from '@/core/json';
import type { RunState } from '@/core/run/types';

export const factsOf = (state: RunState): JsonValue => ({
  status: state.status,
  output: state.output ?? null,
  error: state.error?.code ?? null,
  failedStep: state.failedStep,
  entries: state.seq,
  startedAtMs: state.startedAtMs,
  finishedAtMs: state.finishedAtMs,
  steps: Object.fromEntries(
    Object.values(state.steps).map((step) => [
      step.id,
      {
        status: step.status,
        port: step.port,
        output: step.output ?? null,
        error: step.error?.code ?? null,
        attempts: step.attempts.map(({ n, status, idempotencyKey }) => [n, status, idempotencyKey]),
      },
    ]),
  ),
});
