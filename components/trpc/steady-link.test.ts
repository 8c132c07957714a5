import { type OperationLink, TRPCClientError } from '@trpc/client';
import { observable } from '@trpc/server/observable';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { sessionRenewed, useSessionStore } from '@/components/auth/session-store';
import type { AppRouter } from '@/server/trpc/router';
import { steadyLink } from './steady-link';

type Answer = 'data' | 'signedOut' | 'forbidden' | 'noAnswer';

const problem = (code: string, status: number) =>
  TRPCClientError.from<AppRouter>({
    error: {
      message: code,
      code: -32001,
      data: { code: 'UNAUTHORIZED', httpStatus: status, problem: { code, status } },
    },
  } as never);

const errors = {
  signedOut: problem('auth.required', 401),
  forbidden: problem('auth.forbidden', 403),
  noAnswer: TRPCClientError.from<AppRouter>(new TypeError('Failed to fetch')),
};

/** One call through the link, against a server that gives these answers in turn. */
function call(type: 'query' | 'subscription', answers: Answer[]) {
  const seen: string[] = [];
  const signals: string[] = [];
  let attempts = 0;
  const link = steadyLink({ answered: () => signals.push('answered'), lost: () => signals.push('lost') })({});
  const next = () =>
    observable((observer) => {
      attempts += 1;
      const answer = answers.shift();
      if (answer === 'data') observer.next({ result: { type: 'data', data: 1 } });
      else if (answer !== undefined) observer.error(errors[answer]);
    });
  const op = { id: 1, type, path: 'runs.list', input: undefined, context: {}, signal: null };
  const subscription = (link as OperationLink<AppRouter>)({ op, next: next as never }).subscribe({
    next: () => seen.push('data'),
    error: (error) => seen.push(error.message),
  });
  return { seen, signals, subscription, attempts: () => attempts };
}

beforeEach(() => {
  useSessionStore.setState({ hasEnded: false, waiting: new Set() });
});

describe('a call that is refused because the session ended', () => {
  it('opens the dialog, waits, and runs again after sign-in as if nothing had happened', () => {
    const { seen, attempts } = call('query', ['signedOut', 'data']);
    expect([seen, attempts(), useSessionStore.getState().hasEnded]).toEqual([[], 1, true]);
    sessionRenewed();
    expect([seen, attempts(), useSessionStore.getState().hasEnded]).toEqual([['data'], 2, false]);
  });

  it('is forgotten when whoever asked no longer waits', () => {
    const { subscription, attempts } = call('query', ['signedOut', 'data']);
    subscription.unsubscribe();
    sessionRenewed();
    expect(attempts()).toBe(1);
  });
});

describe('other failures', () => {
  it('reach whoever asked, once', () => {
    const { seen, attempts } = call('query', ['forbidden', 'data']);
    expect([seen, attempts()]).toEqual([['auth.forbidden'], 1]);
  });

  it('say that the connection is lost when no answer came, and that it is back with the next', () => {
    expect(call('query', ['noAnswer']).signals).toEqual(['lost']);
    expect(call('query', ['data']).signals).toEqual(['answered']);
  });

  it('open a subscription again, but not one that was refused', async () => {
    vi.useFakeTimers();
    const broken = call('subscription', ['noAnswer', 'noAnswer', 'data']);
    await vi.runAllTimersAsync();
    expect([broken.seen, broken.attempts()]).toEqual([['data'], 3]);
    expect(call('subscription', ['forbidden']).seen).toEqual(['auth.forbidden']);
    vi.useRealTimers();
  });
});
