/**
 * What a schedule owes at an instant: the fires since it was last settled, those that were missed by its policy.
 * Refuses unbounded work: however long nobody looked, a schedule owes a limited number of runs.
 */
import { limits } from '@/core/limits';
import { firesUpTo, lastFiresIn, nextFiresAfter, type Schedule } from '@/core/steps/trigger-schedule/fires';

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
  if (settledMs >= nowMs) return { fires: [], hasDropped: false, nextFireMs: firstAfter(schedule, nowMs) };
  const firstMs = firstAfter(schedule, settledMs);
  if (firstMs > nowMs) return { fires: [], hasDropped: false, nextFireMs: firstMs };
  const missedUntilMs = nowMs - limits.scheduleGraceMs - 1;
  if (firstMs > missedUntilMs) {
    const { fires, nextMs } = firesUpTo(schedule, firstMs, nowMs);
    return { fires: [firstMs, ...fires], hasDropped: false, nextFireMs: nextMs };
  }
  const late = firesUpTo(schedule, missedUntilMs, nowMs);
  const kept = { skip: 0, once: 1, all: limits.scheduleCatchUp }[missed];
  const old = lastFiresIn(schedule, { afterMs: settledMs, untilMs: missedUntilMs }, kept);
  return { fires: [...old.fires, ...late.fires], hasDropped: old.isCut, nextFireMs: late.nextMs };
}

const firstAfter = (schedule: Schedule, afterMs: number): number =>
  nextFiresAfter(schedule, afterMs, 1)[0] ?? Number.POSITIVE_INFINITY;
