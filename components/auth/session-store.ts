/**
 * Whether this browser still has a session. When it ended, whatever was under way waits here until the same person
 * signs in again, so that a page and its unsaved draft stay as they are. Refuses to know how one signs in.
 */
import { create } from 'zustand';

interface SessionState {
  /** True while the sign-in-again dialog stands over the page. */
  readonly hasEnded: boolean;
  /** Calls that were refused and run again once somebody signed in. */
  readonly waiting: ReadonlySet<() => void>;
}

export const useSessionStore = create<SessionState>(() => ({ hasEnded: false, waiting: new Set() }));

/**
 * Opens the sign-in-again dialog and remembers what to do after it.
 * @param resume called once, after the next sign-in
 * @returns forgets `resume`, for a caller that no longer waits
 */
export function resumeAfterSignIn(resume: () => void): () => void {
  useSessionStore.setState((state) => ({ hasEnded: true, waiting: new Set(state.waiting).add(resume) }));
  return () => {
    useSessionStore.setState((state) => {
      const waiting = new Set(state.waiting);
      waiting.delete(resume);
      return { waiting };
    });
  };
}

/** Puts the dialog away, to look at the page or to copy from it. It comes back with the next call that is refused. */
export const putOffSignIn = (): void => useSessionStore.setState({ hasEnded: false });

/** The same person signed in again: closes the dialog and lets everything that waited go on. */
export function sessionRenewed(): void {
  const { waiting } = useSessionStore.getState();
  useSessionStore.setState({ hasEnded: false, waiting: new Set() });
  for (const resume of waiting) resume();
}
