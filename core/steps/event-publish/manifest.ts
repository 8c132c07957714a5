/** The step that publishes an event on the stream, in the very append that completes it. */
import { z } from 'zod';
import { limits } from '@/core/limits';
import type { StepManifest, Templated } from '@/core/steps/contract';
import { publishedEventType } from '@/core/steps/event-type';
import { effectPorts } from '@/core/steps/ports';
import { shorten } from '@/core/steps/summary-text';
import { anyJson, textValue } from '@/core/steps/templated';

/** RFC 3986 reference without blanks; CloudEvents asks for no more. */
const source = z
  .string()
  .max(limits.nameLength * 4)
  .regex(/^\S+$/, { error: 'A source is an address or path without blanks, such as /shop/checkout.' });

export const publishConfig = (templated: Templated) =>
  z.strictObject({
    type: templated(publishedEventType),
    subject: templated(z.union([textValue, z.null()], { error: 'A subject is text or a number.' })).optional(),
    data: anyJson.optional(),
    source: templated(source).optional(),
    schemaVersion: z.int().min(1).optional(),
  });

export const manifest: StepManifest = {
  kind: 'event.publish',
  group: 'event',
  label: 'Publish event',
  icon: 'event',
  description: 'Puts an event on the stream for other flows and systems.',
  isTrigger: false,
  nature: 'pure',
  config: publishConfig,
  fields: [
    {
      name: 'type',
      label: 'Event type',
      widget: 'text',
      required: true,
      isTemplated: true,
      placeholder: 'order.placed',
      help: 'Words joined by dots: what it is about, then what happened.',
    },
    {
      name: 'subject',
      label: 'Subject',
      widget: 'text',
      isTemplated: true,
      placeholder: '{{ event.data.body.id }}',
      help: 'Which one it is about, such as the number of the order.',
    },
    {
      name: 'data',
      label: 'Data',
      widget: 'json',
      isTemplated: true,
      placeholder: '{"id": "{{ event.data.body.id }}"}',
      help: 'What happened, so that nobody has to ask back.',
    },
    {
      name: 'source',
      label: 'Source',
      widget: 'text',
      isTemplated: true,
      isAdvanced: true,
      placeholder: '/shop/checkout',
      help: 'Who says so; this flow unless set.',
    },
    {
      name: 'schemaVersion',
      label: 'Schema version',
      widget: 'number',
      isTemplated: false,
      isAdvanced: true,
      help: 'Which version of the schema of this type the data follows.',
    },
  ],
  ports: effectPorts,
  accepts: new Set(['disabled', 'join', 'pivot']),
  summary: (config) => ({ verb: 'event', rest: shorten(config.type) }),
  example: { type: 'order.placed', subject: '{{ event.data.body.id }}', data: { id: '{{ event.data.body.id }}' } },
  output: 'The id of the event as {id}.',
};
