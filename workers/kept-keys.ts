/**
 * Holds a step that carries an old idempotency key to what was sent under that key. The outcome of the old call is
 * unknown: the same key with another content could be answered for the old one, or refused. Refuses to decide what
 * happens then.
 */
import { isDeepStrictEqual } from 'node:util';
import type { JsonValue } from '@/core/json';
import { iterationAt } from '@/core/run/places';
import type { LoadedRun, RunStore } from '@/server/repositories/run-store';
import type { PlannedAttempt } from '@/workers/perform-step';

/**
 * Whether the call of a step with a kept key differs from the one whose key it carries. Reads never do harm, and once a person has asked for
 * another try, or an attempt of this run has left, the question is settled.
 */
export async function contradictsKeptKey(
  runStore: Pick<RunStore, 'loadWhole'>,
  { row, state }: Pick<LoadedRun, 'row' | 'state'>,
  { step, path, plan, input }: PlannedAttempt,
): Promise<boolean> {
  if ((state.steps[step.id]?.attempts.length ?? 0) > 0) return false;
  if (plan.type !== 'call' || plan.effect === 'safe') return false;
  const sent = await lastSent(runStore, row.workspaceId, row.retryOf, path, step.id);
  return sent === undefined || !isDeepStrictEqual(sent, JSON.parse(JSON.stringify(input)));
}

/** What the nearest run before sent for this step; undefined when that cannot be read any more. */
async function lastSent(
  runStore: Pick<RunStore, 'loadWhole'>,
  workspaceId: string,
  runId: string | null,
  path: string,
  stepId: string,
): Promise<JsonValue | undefined> {
  for (let at = runId; at !== null; ) {
    const source: LoadedRun | null = await runStore.loadWhole(workspaceId, at);
    if (source === null) return undefined;
    const attempt = iterationAt(source.state, path)?.steps[stepId]?.attempts.findLast(
      (candidate) => candidate.idempotencyKey !== null,
    );
    if (attempt !== undefined) return attempt.input;
    at = source.row.retryOf;
  }
  return undefined;
}
