/**
 * Whether the live connection to the server stands. Whoever holds one (the live view, autosave) reports here; the
 * banner listens. Refuses to test the connection itself.
 */
export type ConnectionState = 'ok' | 'lost';

let state: ConnectionState = 'ok';
const listeners = new Set<() => void>();

export const connectionStore = {
  getState: (): ConnectionState => state,
  setState(next: ConnectionState): void {
    if (next === state) return;
    state = next;
    for (const notify of listeners) notify();
  },
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
