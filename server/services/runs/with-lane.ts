/**
 * Gives the run of an addressed event its place in a lane. The key sees the event exactly as the run will, so that a lane
 * and a step that read the same path read the same thing. Refuses events without a run: they are given theirs elsewhere.
 */
import { seededRandom } from '@/core/expression';
import { type LaneRule, laneOf } from '@/core/flow/lane';
import type { JsonObject } from '@/core/json';
import { presentCloudEvent } from '@/server/services/events/present-event';
import type { EventAppend } from '@/server/services/ports';

/** @returns the event whose run knows its lane; the same event when it starts no run */
export function withLane(event: EventAppend, rule: LaneRule, nowMs: number): EventAppend {
  if (event.run === null) return event;
  const clock = { nowMs, random: seededRandom(event.run.id) };
  return { ...event, run: { ...event.run, lane: laneOf(rule, asRunSees(event), clock) } };
}

/** Without the hops, and with bytes under `data`, too. */
export const asRunSees = (event: EventAppend): JsonObject => ({
  ...presentCloudEvent({ ...event, hops: 0 }),
  data: event.data,
});
