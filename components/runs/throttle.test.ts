import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createThrottle } from './throttle';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('rings that come faster than they are answered', () => {
  it('are answered at once, then together, and the last one always', async () => {
    const call = vi.fn(async () => undefined);
    const throttle = createThrottle(call, 1_000);
    for (let n = 0; n < 50; n += 1) throttle.ring();
    expect(call).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(call).toHaveBeenCalledTimes(2);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(call).toHaveBeenCalledTimes(2);
    throttle.ring();
    expect(call).toHaveBeenCalledTimes(3);
  });

  it('never make two calls at a time, however long one takes', async () => {
    let finish = (): void => undefined;
    const call = vi.fn(
      () =>
        new Promise<void>((resolve) => {
          finish = resolve;
        }),
    );
    const throttle = createThrottle(call, 1_000);
    throttle.ring();
    throttle.ring();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(call).toHaveBeenCalledTimes(1);
    finish();
    await vi.advanceTimersByTimeAsync(0);
    expect(call).toHaveBeenCalledTimes(2);
  });

  it('go on after a call that failed', async () => {
    const call = vi.fn(async () => Promise.reject(new Error('away')));
    const throttle = createThrottle(call, 1_000);
    throttle.ring();
    throttle.ring();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(call).toHaveBeenCalledTimes(2);
  });

  it('are forgotten when nobody listens any more', async () => {
    const call = vi.fn(async () => undefined);
    const throttle = createThrottle(call, 1_000);
    throttle.ring();
    throttle.ring();
    throttle.stop();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(call).toHaveBeenCalledTimes(1);
  });
});
