/**
 * When the next attempt of a step is due, if ever. Exponential backoff with full jitter after Marc Brooker, "Exponential
 * Backoff And Jitter" (AWS Architecture Blog, 2015). Refuses randomness of its own: the caller brings the draw.
 */
import type { CompiledStep, RetryPolicy } from '@/core/flow/compiled-flow';
import { limits } from '@/core/limits';
import type { StepState } from '@/core/run/types';

/**
 * Waiting time before try number `tries + 1`, in milliseconds.
 * @param tries attempts made so far that count, at least 1
 * @param draw uniform in [0, 1)
 */
export function backoffMs(policy: RetryPolicy, tries: number, draw: number): number {
  const ceiling =
    policy.backoff === 'fixed' ? policy.initialMs : Math.min(policy.maxMs, policy.initialMs * 2 ** (tries - 1));
  return Math.round(policy.jitter === 'full' ? ceiling * draw : ceiling);
}

/**
 * The instant of the next attempt after one failed or ended unknown, or null when it was the last.
 * Attempts lost with their worker do not count as tries, up to a cap that protects the pool from a step that kills
 * workers. A `Retry-After` is obeyed when it asks for longer than the policy. No attempt starts past the step's
 * deadline.
 */
export function nextAttemptAtMs(
  step: CompiledStep,
  before: StepState | undefined,
  outcome: {
    readonly atMs: number;
    readonly startedAtMs: number;
    readonly isLost: boolean;
    readonly isRetryable: boolean;
    readonly retryAfterMs?: number;
    readonly draw: number;
  },
): number | null {
  if (!outcome.isRetryable) return null;
  const past = before?.attempts ?? [];
  const forgiven = before?.forgivenAttempts ?? 0;
  const finished = past.filter((attempt) => attempt.status !== 'running' && attempt.n > forgiven);
  const lost = finished.filter((attempt) => attempt.isLost).length + (outcome.isLost ? 1 : 0);
  const tries = finished.filter((attempt) => !attempt.isLost).length + (outcome.isLost ? 0 : 1);
  if (lost > limits.lostAttempts || tries >= step.retry.attempts) return null;
  const waitMs = outcome.isLost
    ? 0
    : Math.max(backoffMs(step.retry, Math.max(tries, 1), outcome.draw), outcome.retryAfterMs ?? 0);
  const dueMs = outcome.atMs + waitMs;
  const firstStartedAtMs = before?.startedAtMs ?? outcome.startedAtMs;
  return step.deadlineMs !== null && dueMs >= firstStartedAtMs + step.deadlineMs ? null : dueMs;
}
