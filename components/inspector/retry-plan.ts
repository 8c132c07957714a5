/**
 * What a retry policy means in time: when each attempt may begin at the latest, for the small picture and the sentence
 * beside it. Uses the engine's own arithmetic, so that the picture cannot disagree with it.
 */
import type { RetryPolicy } from '@/core/flow/compiled-flow';
import type { RetryPolicyInput } from '@/core/flow/document';
import { backoffMs } from '@/core/run/retry';
import { durationText } from './duration-text';

/** What holds where a policy says nothing. */
export const defaultRetry: RetryPolicy = {
  attempts: 3,
  backoff: 'exponential',
  initialMs: 200,
  maxMs: 30_000,
  jitter: 'full',
};

export const resolvedRetry = (input: RetryPolicyInput | undefined): RetryPolicy => ({ ...defaultRetry, ...input });

/** More marks than this cannot be told apart in the picture. */
const marksMax = 12;

export interface RetryPlan {
  /** Longest wait before attempt 2, 3, …; at most one less than the marks of the picture. */
  readonly waitsMs: readonly number[];
  /** Of all waits, also those not drawn. */
  readonly totalMs: number;
  readonly isCut: boolean;
}

export function planRetry(policy: RetryPolicy): RetryPlan {
  const certain: RetryPolicy = { ...policy, jitter: 'none' };
  const all = Array.from({ length: Math.max(0, policy.attempts - 1) }, (_, at) => backoffMs(certain, at + 1, 0));
  return {
    waitsMs: all.slice(0, marksMax - 1),
    totalMs: all.reduce((sum, wait) => sum + wait, 0),
    isCut: all.length > marksMax - 1,
  };
}

/** "5 attempts, waits 3 s at most" */
export function describeRetry(policy: RetryPolicy): string {
  if (policy.attempts <= 1) {
    return 'one attempt';
  }
  return `${policy.attempts} attempts, waits ${durationText(planRetry(policy).totalMs)} at most`;
}
