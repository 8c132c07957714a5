'use client';

/** The timeline of a run: laid out anew every second while it goes on, and never again once it has ended. */
import { useEffect, useMemo, useState } from 'react';
import { toMs } from '@/components/ui/time';
import { isTerminal } from '@/core/run/types';
import { buildTimeline, type StepRoles, type Timeline } from './timeline-geometry';
import type { RunView, StepView } from './types';

const tickMs = 1_000;

/** A clock that stands still when nobody needs it, so that what it drives is not drawn for nothing. */
function useClock(isRunning: boolean): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    if (!isRunning) return;
    const timer = setInterval(() => setNowMs(Date.now()), tickMs);
    return () => clearInterval(timer);
  }, [isRunning]);
  return nowMs;
}

/** @param known every step of every iteration; those of `run` when absent */
export function useTimeline(
  run: RunView,
  roles: StepRoles,
  isCollapsed: boolean,
  known: readonly StepView[] = run.steps,
): Timeline {
  const nowMs = useClock(!isTerminal(run.status));
  return useMemo(
    () => buildTimeline(run, { nowMs: Math.max(nowMs, latestMs(run, known)), isCollapsed, roles, known }),
    [run, nowMs, isCollapsed, roles, known],
  );
}

/** The last thing known to have happened. The clock of this browser may be behind it. */
function latestMs(run: RunView, known: readonly StepView[]): number {
  let latest = toMs(run.startedAt ?? run.createdAt);
  for (const { attempts } of known) {
    for (const { startedAt, finishedAt } of attempts) latest = Math.max(latest, toMs(finishedAt ?? startedAt));
  }
  return latest;
}
