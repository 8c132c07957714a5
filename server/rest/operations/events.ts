/** The stream of the REST API. */
import { z } from 'zod';
import {
  eventPageSchema,
  eventViewSchema,
  listEventsInput,
  publishedEventSchema,
  publishedEventsSchema,
} from '@/server/services/events/schemas';
import { defineOperation, type Operation } from '../operation';
import type { ReadEvents } from '../read-cloud-events';

/** A segment of digits that stays a number. */
const positionParams = z.strictObject({
  position: z
    .string()
    .regex(/^[1-9]\d{0,14}$/)
    .transform(Number),
});

export const eventOperations: readonly Operation[] = [
  defineOperation({
    id: 'events.publish',
    method: 'POST',
    path: '/events',
    summary: 'Publish events',
    description:
      'CloudEvents 1.0: structured, batch (all or nothing) or binary. The same source and id gives the first position.',
    scope: 'events:write',
    body: { kind: 'cloudEvents', as: (value: unknown): ReadEvents => value as ReadEvents },
    answers: {
      202: { description: 'Durable', schema: z.union([publishedEventSchema, publishedEventsSchema]) },
    },
    async handle({ services, caller, body, hops }) {
      const { positions } = await services.events.publish(caller, body.events, hops);
      return { status: 202, body: body.isBatch ? { positions } : { position: positions[0] } };
    },
  }),
  defineOperation({
    id: 'events.list',
    method: 'GET',
    path: '/events',
    summary: 'Read the stream',
    description: 'Ascending by position. `after` is exclusive.',
    scope: 'events:read',
    query: listEventsInput,
    answers: { 200: { description: 'A page of events', schema: eventPageSchema } },
    handle: async ({ services, caller, query }) => ({ status: 200, body: await services.events.list(caller, query) }),
  }),
  defineOperation({
    id: 'events.get',
    method: 'GET',
    path: '/events/{position}',
    summary: 'Get one event',
    scope: 'events:read',
    params: positionParams,
    answers: { 200: { description: 'The event', schema: eventViewSchema } },
    handle: async ({ services, caller, params }) => ({ status: 200, body: await services.events.get(caller, params) }),
  }),
];
