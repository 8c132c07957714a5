/**
 * What a schedule owes at an instant: the fires since it was last settled, those that were missed by its policy.
 * Refuses unbounded work: however long nobody looked, a schedule owes a limited number of runs.
 */
import { limits } from '@/core/limits';
import { lastFiresIn, nextFiresAfter, type Schedule } from '@/core/steps/trigger-schedule/fires';

export type MissedPolicy = 'skip' | 'once' | 'all';

export interface OwedFires {
  /** Instants to start a run for, in order. */
  readonly fires: readonly number[];
  /** Whether some were missed that the policy gives no run; of `once` and `all`: more than they give one. */
  readonly hasDropped: boolean;
  /** The first after `nowMs`. */
  readonly nextFireMs: number;
}

/**
 * A fire at most `limits.scheduleGraceMs` ago is late, not missed. Where the clock went back behind `settledMs` nothing
 * is owed: the schedule goes on from the clock as it is now.
 */
export function owedFires(
  schedule: Schedule,
  missed: MissedPolicy,
  { settledMs, nowMs }: { readonly settledMs: number; readonly nowMs: number },
): OwedFires {
  const [nextFireMs = Number.POSITIVE_INFINITY] = nextFiresAfter(schedule, nowMs, 1);
  if (settledMs >= nowMs) return { fires: [], hasDropped: false, nextFireMs };
  const missedUntilMs = Math.max(settledMs, nowMs - limits.scheduleGraceMs - 1);
  const late = lastFiresIn(schedule, { afterMs: missedUntilMs, untilMs: nowMs }, limits.scheduleCatchUp);
  const kept = { skip: 0, once: 1, all: limits.scheduleCatchUp }[missed];
  const old = lastFiresIn(schedule, { afterMs: settledMs, untilMs: missedUntilMs }, kept);
  return { fires: [...old.fires, ...late.fires], hasDropped: old.isCut, nextFireMs };
}
