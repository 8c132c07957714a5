/**
 * What callers of the events service send and receive. The CloudEvent itself is read by `cloud-event.ts`, because its
 * three HTTP forms are not one JSON shape. Refuses nothing else.
 */
import { z } from 'zod';
import type { JsonObject } from '@/core/json';
import { eventTypePattern } from '@/core/steps/event-type';
import { instant, pageInput, pageOf, text } from '@/server/services/common-schemas';

export const position = z.int().min(1);
export const eventInput = z.strictObject({ position });

export const listEventsInput = z.strictObject({
  type: eventTypePattern.optional().describe('An event type, or a pattern such as order.*'),
  subject: text(1000).optional(),
  after: z.int().min(0).optional().describe('Positions greater than this'),
  from: instant.optional().describe('Received at or after'),
  to: instant.optional().describe('Received before'),
  ...pageInput,
});

export const eventViewSchema = z.object({
  position: z.int(),
  receivedAt: z.string(),
  event: z.custom<JsonObject>().describe('The CloudEvent in the JSON format'),
});
export const eventPageSchema = pageOf(eventViewSchema);
export const publishedEventSchema = z.object({ position: z.int() });
export const publishedEventsSchema = z.object({ positions: z.array(z.int()) });

export type ListEventsInput = z.infer<typeof listEventsInput>;
export type EventView = z.infer<typeof eventViewSchema>;
