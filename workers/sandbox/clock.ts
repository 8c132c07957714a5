/**
 * The clock of a sandbox thread. QuickJS asks its host what time it is and how far from Greenwich; this thread does
 * nothing else, so its own clock is stopped while code runs. Measuring goes on: `performance.now()` is another clock.
 */

/**
 * @param nowMs what `Date.now()` answers until the clock is started again
 * @returns starts it
 */
export function stopClock(nowMs: number): () => void {
  const { now } = Date;
  Date.now = () => nowMs;
  return () => {
    Date.now = now;
  };
}

/** Code everywhere is in Greenwich, so that it computes the same on every machine. */
export function moveToGreenwich(): void {
  Date.prototype.getTimezoneOffset = () => 0;
}
