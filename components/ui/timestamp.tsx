'use client';

/**
 * An instant in the time zone of the person who looks, with the full date and UTC one hover away. Ages by itself:
 * "12 s ago" stays true without a reload.
 */
import { useSyncExternalStore } from 'react';
import { usePreferences } from './preferences';
import { formatDateTime, formatDuration, formatRelative, formatRowTime, formatTime, type Instant, toMs } from './time';

export interface TimestampProps {
  at: Instant;
  /**
   * `row` (default): the time today, else with its date · `time` · `date`: date and time · `relative`: "12 s ago"
   */
  format?: 'row' | 'time' | 'date' | 'relative';
  /** Adds milliseconds. */
  ms?: boolean;
  className?: string;
}

export function Timestamp({ at, format = 'row', ms = false, className }: TimestampProps) {
  const { resolvedTimeZone: timeZone } = usePreferences();
  const nowMs = useNow();
  const atMs = toMs(at);
  const texts = {
    row: () => (nowMs === null ? formatDateTime(atMs, { timeZone, ms }) : formatRowTime(atMs, { timeZone, ms, nowMs })),
    time: () => formatTime(atMs, { timeZone, ms }),
    date: () => formatDateTime(atMs, { timeZone, ms, ...(nowMs === null ? {} : { nowMs }) }),
    relative: () => (nowMs === null ? formatDateTime(atMs, { timeZone }) : formatRelative(atMs, nowMs)),
  };
  const here = `${formatDateTime(atMs, { timeZone, ms: true })} ${timeZone}`;
  const title = `${here}\n${formatDateTime(atMs, { ms: true })} UTC${nowMs === null ? '' : `\n${formatRelative(atMs, nowMs)}`}`;
  return (
    <time className={className} dateTime={new Date(atMs).toISOString()} title={title}>
      {texts[format]()}
    </time>
  );
}

/** How long something took, or, with only a beginning, how long it has been going on (counting). */
export function Duration({ ms, sinceMs, className }: { ms?: number | null; sinceMs?: number; className?: string }) {
  const nowMs = useNow();
  if (typeof ms === 'number') return <span className={className}>{formatDuration(ms)}</span>;
  if (sinceMs === undefined || nowMs === null) return null;
  return <span className={className}>{formatDuration(Math.floor((nowMs - sinceMs) / 1000) * 1000)}</span>;
}

// One clock for the whole page: a hundred timestamps tick together and cost one timer.
const tickMs = 1_000;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | null = null;
let current = 0;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    current = Date.now();
    for (const notify of listeners) notify();
  }, tickMs);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
    current = 0;
  };
}

function snapshot(): number {
  if (current === 0) current = Date.now();
  return current;
}

/** The time of day in epoch milliseconds, to the second; null on the server and while hydrating. */
export function useNow(): number | null {
  return useSyncExternalStore<number | null>(subscribe, snapshot, () => null);
}
