/**
 * Run notes as an endless sequence for one open page. Notes of one run that wait to be sent are folded into the newest,
 * so a slow reader costs bounded memory and still learns the last word. Ends when the page goes; refuses to outlive
 * the session that opened it.
 */
import { HeadraceError } from '@/core/errors';
import type { RunNote, RunNotes } from '@/server/services/ports';

/** Runs that may wait to be sent. Beyond it the oldest hint goes: the list it was for refetches on any other. */
const waitingMax = 1_000;

export interface WatchRuns {
  readonly runNotes: RunNotes;
  readonly workspaceId: string;
  readonly accepts: (note: RunNote) => boolean;
  /** Aborted when the reader goes. */
  readonly signal: AbortSignal | undefined;
  /** Asked every `recheckMs`. */
  readonly isSignedIn: () => Promise<boolean>;
  readonly recheckMs: number;
}

/** @throws HeadraceError `auth.required` once the session has ended */
export async function* watchRuns(watch: WatchRuns): AsyncGenerator<RunNote, void, void> {
  const waiting = new Map<string, RunNote>();
  let failure: unknown;
  let wake = (): void => undefined;

  const unsubscribe = await watch.runNotes.subscribe(watch.workspaceId, (note) => {
    if (!watch.accepts(note)) return;
    waiting.delete(note.runId);
    waiting.set(note.runId, note);
    for (const oldest of waiting.keys()) {
      if (waiting.size <= waitingMax) break;
      waiting.delete(oldest);
    }
    wake();
  });
  const recheck = async (): Promise<void> => {
    if (await watch.isSignedIn()) return;
    failure = new HeadraceError('auth.required', 'Your session has ended. Sign in again.');
    wake();
  };
  const timer = setInterval(() => {
    recheck().catch((error: unknown) => {
      failure = error;
      wake();
    });
  }, watch.recheckMs);
  const onAbort = (): void => wake();
  watch.signal?.addEventListener('abort', onAbort);

  try {
    while (!watch.signal?.aborted) {
      if (failure !== undefined) throw failure;
      const next = waiting.values().next();
      if (next.done) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      waiting.delete(next.value.runId);
      yield next.value;
    }
  } finally {
    clearInterval(timer);
    watch.signal?.removeEventListener('abort', onAbort);
    unsubscribe();
  }
}
