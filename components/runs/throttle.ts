/**
 * Turns any number of rings into calls that never overlap and keep a distance: the first at once, then at most one per
 * `everyMs`, and always one after the last ring. A thousand runs a second cost a page one fetch a second.
 */
export interface Throttle {
  ring(): void;
  /** Forgets a call that is due. */
  stop(): void;
}

export function createThrottle(call: () => Promise<unknown>, everyMs: number): Throttle {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isBusy = false;
  let isDue = false;

  const begin = async (): Promise<void> => {
    isBusy = true;
    isDue = false;
    const pause = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, everyMs);
    });
    // Whoever fetches shows its failure; here it only ends the call.
    await Promise.allSettled([call(), pause]);
    isBusy = false;
    if (isDue) await begin();
  };

  return {
    ring(): void {
      if (isBusy) isDue = true;
      else void begin();
    },
    stop(): void {
      clearTimeout(timer);
      isDue = false;
    },
  };
}
