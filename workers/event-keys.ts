/**
 * What an event comes to under the expression of a wait. The same for whoever asks: the clock of the expression is the moment
 * the event arrived, its draws come from its position. Refuses to stop anything: an expression that fails finds nothing, and
 * that is logged.
 */
import { type CompiledTemplate, compileTemplate, evaluateTemplate, seededRandom } from '@/core/expression';
import type { JsonObject } from '@/core/json';
import { waitKeyOf } from '@/core/steps/event-wait/wait-key';
import type { StreamEvent } from '@/server/repositories/stream-events';
import type { EventKey, OpenExpression } from '@/server/repositories/wait-resolution';
import { DataElsewhere } from '@/server/services/events/partial-event';
import type { Log } from '@/server/services/ports';
import { groupBy } from '@/workers/group-by';

/** Expressions kept compiled; beyond it all are forgotten, which costs a fraction of a millisecond each. */
const compiledMax = 2_000;
/** Evaluations after which others get their turn. */
const evaluationsPerTurn = 100;

export interface EventKeys {
  /** @returns null when the event has no such key */
  keyOf(event: StreamEvent, eventKey: string): Promise<string | null>;
  /** Every key of every event under the expressions for its type, in the order of the events. */
  keysOf(events: readonly StreamEvent[], expressions: readonly OpenExpression[]): Promise<EventKey[]>;
}

export function createEventKeys(log: Log): EventKeys {
  const compiled = new Map<string, CompiledTemplate>();
  const templateOf = (eventKey: string): CompiledTemplate => {
    const known = compiled.get(eventKey);
    if (known !== undefined) return known;
    if (compiled.size >= compiledMax) compiled.clear();
    const { template } = compileTemplate(eventKey);
    compiled.set(eventKey, template);
    return template;
  };

  const keyOf = async (event: StreamEvent, eventKey: string): Promise<string | null> => {
    const evaluate = (seen: JsonObject): string | null => {
      const clock = { nowMs: event.receivedAtMs, random: seededRandom(event.position) };
      return waitKeyOf(evaluateTemplate(templateOf(eventKey), { event: seen }, clock));
    };
    try {
      return evaluate(event.glance);
    } catch (error) {
      if (!(error instanceof DataElsewhere)) return tell(error, event, eventKey);
    }
    const whole = await event.read();
    try {
      return evaluate(whole);
    } catch (error) {
      return tell(error, event, eventKey);
    }
  };

  const tell = (error: unknown, event: StreamEvent, eventKey: string): null => {
    const facts = { err: error, type: event.type, position: event.position, eventKey };
    log.warn(facts, 'the key of an event could not be found, so it ends no wait that asks for it this way');
    return null;
  };

  return {
    keyOf,
    async keysOf(events, expressions) {
      const byType = groupBy(expressions, ({ eventType }) => eventType);
      const keys: EventKey[] = [];
      let inTurn = 0;
      for (const event of events) {
        // What a rerun appended for itself, everybody else has had.
        if (event.isForRerun) continue;
        for (const { eventKey } of byType.get(event.type) ?? []) {
          const key = await keyOf(event, eventKey);
          if (key !== null) keys.push({ event, eventKey, key });
          inTurn += 1;
          if (inTurn % evaluationsPerTurn === 0) await new Promise(setImmediate);
        }
      }
      return keys;
    },
  };
}
