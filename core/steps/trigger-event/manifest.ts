/** The step that starts a run for every event of the stream that fits. The dispatcher matches; this describes. */
import { z } from 'zod';
import { limits } from '@/core/limits';
import type { StepManifest, Templated } from '@/core/steps/contract';
import { eventTypePattern } from '@/core/steps/event-type';
import { triggerPorts } from '@/core/steps/ports';
import { shorten } from '@/core/steps/summary-text';
import { isExpression } from '@/core/steps/templated';

export const eventTriggerConfig = (_templated: Templated) =>
  z.strictObject({
    types: z.array(eventTypePattern).min(1).max(20),
    filter: z
      .string()
      .max(limits.expressionLength)
      .refine(isExpression, {
        error: 'A filter is an expression, such as {{ event.data.total > 100 }}. This text would let every event pass.',
      })
      .optional(),
  });
/** `filter` is the expression as written. */
export type EventTriggerConfig = z.output<ReturnType<typeof eventTriggerConfig>>;

export const manifest: StepManifest = {
  kind: 'trigger.event',
  group: 'trigger',
  label: 'Event',
  icon: 'events',
  description: 'Starts a run for every event of some types.',
  isTrigger: true,
  nature: 'pure',
  config: eventTriggerConfig,
  expressionRoots: ['event'],
  fields: [
    {
      name: 'types',
      label: 'Event types',
      widget: 'types',
      required: true,
      isTemplated: false,
      placeholder: 'order.*',
      help: 'One or more; order.* takes everything that begins with order., and * takes all.',
    },
    {
      name: 'filter',
      label: 'Only when',
      widget: 'code',
      isTemplated: true,
      placeholder: '{{ event.data.total > 100 }}',
      help: 'An event for which this is not true starts nothing; it can read the event alone.',
    },
  ],
  ports: triggerPorts,
  accepts: new Set(),
  summary: (config) => ({
    verb: 'on',
    rest: Array.isArray(config.types) ? config.types.map(shorten).join(', ') : '',
  }),
  example: { types: ['order.*'] },
  output: 'The data of the event; the whole event is at event.',
};
