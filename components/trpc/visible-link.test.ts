import type { OperationLink } from '@trpc/client';
import { observable } from '@trpc/server/observable';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AppRouter } from '@/server/trpc/router';
import { visibleLink } from './visible-link';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A tab with one stream, whose server counts how many are open. */
function openTab() {
  let isHidden = false;
  let changed = (): void => undefined;
  let open = 0;
  let completed = 0;
  const visibility = {
    isHidden: () => isHidden,
    onChange: (listener: () => void) => {
      changed = listener;
      return () => {
        changed = () => undefined;
      };
    },
  };
  const next = () =>
    observable((observer) => {
      open += 1;
      return () => {
        open -= 1;
        observer.complete();
      };
    });
  const op = { id: 1, type: 'subscription' as const, path: 'runs.watch', input: {}, context: {}, signal: null };
  const link = visibleLink(visibility)({}) as OperationLink<AppRouter>;
  const subscription = link({ op, next: next as never }).subscribe({
    complete: () => {
      completed += 1;
    },
  });
  const look = (hidden: boolean): void => {
    isHidden = hidden;
    changed();
  };
  return { look, open: () => open, completed: () => completed, subscription };
}

describe('a live stream', () => {
  it('is closed when its tab stays hidden, without an end for whoever listens, and opened when it is seen', () => {
    const tab = openTab();
    tab.look(true);
    vi.advanceTimersByTime(60_000);
    expect([tab.open(), tab.completed()]).toEqual([0, 0]);
    tab.look(false);
    expect(tab.open()).toBe(1);
  });

  it('survives a glance at another tab', () => {
    const tab = openTab();
    tab.look(true);
    vi.advanceTimersByTime(5_000);
    tab.look(false);
    vi.advanceTimersByTime(60_000);
    expect(tab.open()).toBe(1);
  });

  it('stays closed once nobody listens', () => {
    const tab = openTab();
    tab.look(true);
    tab.subscription.unsubscribe();
    tab.look(false);
    vi.advanceTimersByTime(60_000);
    expect(tab.open()).toBe(0);
  });
});
