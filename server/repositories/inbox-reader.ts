/**
 * Reads the messages that runs have not consumed; those of runs that are loaded at the same moment share a statement. Outputs that
 * were too large for a message are put back in. Refuses to consume: that is the append of whoever acts on them.
 */
import type { Pool } from 'pg';
import type { JsonObject, JsonValue } from '@/core/json';
import { createGroupCommit } from '@/server/repositories/group-commit';
import type { PayloadStore } from '@/server/repositories/payloads';
import { inboxRead } from '@/server/repositories/statements/inbox-read';
import { withData } from '@/server/services/events/partial-event';
import type { InboxMessage } from '@/server/services/ports';

export interface NumberedMessage {
  readonly n: number;
  readonly message: InboxMessage;
}

/** A run and the number of the last message it has consumed. */
export interface InboxPlace {
  readonly workspaceId: string;
  readonly runId: string;
  readonly done: number;
}

export interface InboxReader {
  /** @returns messages behind that one, oldest first */
  read(place: InboxPlace): Promise<readonly NumberedMessage[]>;
}

export function createInboxReader(pool: Pool, payloads: PayloadStore): InboxReader {
  const looks = createGroupCommit<InboxPlace, readonly NumberedMessage[]>({
    maxItems: 64,
    maxFlushes: 2,
    isMemberFault: () => false,
    async flush(places) {
      const { rows } = await pool.query<NumberedMessage & { readonly ord: number }>(inboxRead(places));
      const byPlace = places.map((): NumberedMessage[] => []);
      for (const { ord, n, message } of rows) byPlace[ord - 1]?.push({ n, message });
      return byPlace;
    },
  });
  return {
    async read(place) {
      const messages = await looks.submit(place);
      const elsewhere = messages.flatMap(({ message }) => payloadOf(message) ?? []);
      if (elsewhere.length === 0) return messages;
      const contents = await payloads.getMany(place.workspaceId, elsewhere);
      return messages.map(({ n, message }) => ({ n, message: withPayload(message, contents) }));
    },
  };
}

const payloadOf = (message: InboxMessage): string | undefined =>
  message.type === 'endWait' ? (message.dataPayload ?? message.outputPayload) : undefined;

/** The event that ended a wait, with its data; or the output of a child. Null in the place of what was erased. */
function withPayload(message: InboxMessage, contents: ReadonlyMap<string, Buffer>): InboxMessage {
  const hash = payloadOf(message);
  if (message.type !== 'endWait' || hash === undefined) return message;
  const { dataPayload, outputPayload: _, outcome, ...rest } = message;
  if (outcome.type !== 'succeeded') return { ...rest, outcome };
  const bytes = contents.get(hash);
  const value = bytes === undefined ? null : (JSON.parse(bytes.toString()) as JsonValue);
  const output = dataPayload === undefined ? value : withData(outcome.output as JsonObject, value);
  return { ...rest, outcome: { ...outcome, output } };
}
