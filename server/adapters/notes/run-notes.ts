/**
 * Progress notes on Redis pub/sub: hints that a run moved, and that flows, variables or routes of a workspace changed.
 * A note may be lost; whoever acts on one reads Postgres. Notes of one turn of the event loop travel as one message per
 * workspace. Refuses payloads: a note fits into a line.
 */
import type { Redis } from 'ioredis';
import type { WorkspaceChanges } from '@/server/services/changes';
import type { Log, RunNote, RunNotes } from '@/server/services/ports';

export interface Notes extends RunNotes, WorkspaceChanges {
  close(): Promise<void>;
}

export interface NotesDeps {
  /** For commands. */
  readonly publisher: Redis;
  /** A connection of its own: a subscribed one can do nothing else. */
  readonly subscriber: Redis;
  readonly keyPrefix: string;
  readonly log: Log;
}

type Wire = readonly [runId: string, flowId: string, status: RunNote['status'], n: number];

export async function createNotes({ publisher, subscriber, keyPrefix, log }: NotesDeps): Promise<Notes> {
  const channelOf = (workspaceId: string): string => `${keyPrefix}:notes:${workspaceId}`;
  const changeChannel = `${keyPrefix}:changes`;
  const listeners = new Map<string, Set<(note: RunNote) => void>>();
  const changeListeners = new Set<(workspaceId: string) => void>();
  let gathered = new Map<string, Wire[]>();

  const send = (channel: string, message: string): void => {
    publisher.publish(channel, message).catch((error: unknown) => log.debug({ err: error }, 'a note was lost'));
  };

  const flush = (): void => {
    const batch = gathered;
    gathered = new Map();
    for (const [workspaceId, notes] of batch) send(channelOf(workspaceId), JSON.stringify(notes));
  };

  subscriber.on('message', (channel: string, message: string) => {
    if (channel === changeChannel) {
      for (const listener of changeListeners) listener(message);
      return;
    }
    const interested = listeners.get(channel);
    if (interested === undefined) return;
    for (const [runId, flowId, status, n] of JSON.parse(message) as Wire[]) {
      for (const listener of interested) listener({ runId, flowId, status, n });
    }
  });
  await subscriber.subscribe(changeChannel);

  return {
    publish(workspaceId, notes) {
      if (gathered.size === 0) setImmediate(flush);
      const wires = gathered.get(workspaceId) ?? [];
      for (const note of notes) wires.push([note.runId, note.flowId, note.status, note.n]);
      gathered.set(workspaceId, wires);
    },
    async subscribe(workspaceId, listener) {
      const channel = channelOf(workspaceId);
      const interested = listeners.get(channel) ?? new Set();
      interested.add(listener);
      listeners.set(channel, interested);
      if (interested.size === 1) await subscriber.subscribe(channel);
      return () => {
        interested.delete(listener);
        if (interested.size > 0 || listeners.get(channel) !== interested) return;
        listeners.delete(channel);
        subscriber.unsubscribe(channel).catch((error: unknown) => log.debug({ err: error }, 'unsubscribe failed'));
      };
    },
    async publishChange(workspaceId) {
      send(changeChannel, workspaceId);
    },
    onChange(listener) {
      changeListeners.add(listener);
      return () => changeListeners.delete(listener);
    },
    async close() {
      subscriber.disconnect();
    },
  };
}
