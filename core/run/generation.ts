/**
 * Generations of idempotency keys: which of two calls of one step are the same call to the other side. Refuses to reuse
 * one: the generation of a run is its own among all runs that came from the same first run, and a key that is renewed
 * within a run goes below it.
 */
import type { RunState } from '@/core/run/types';

/**
 * The generation in the key of a step's next attempt: `1`, or `1.2` when a person twice asked for another try after a
 * certain failure.
 * @param own generation of the run
 */
export function generationOf(state: RunState, stepId: string, own: number): string {
  const base = state.keptGenerations[stepId] ?? String(own);
  const renewals = state.steps[stepId]?.keyRenewals ?? 0;
  return renewals === 0 ? base : `${base}.${renewals}`;
}
