/**
 * The loop: a container whose steps run once per item of a list. Each iteration is a scope of its own: when one fails, what
 * it did is undone. Refuses what is no list.
 */
import { z } from 'zod';
import { limits } from '@/core/limits';
import type { StepManifest, Templated } from '@/core/steps/contract';
import { effectPorts } from '@/core/steps/ports';
import { shorten } from '@/core/steps/summary-text';
import { requiredJson } from '@/core/steps/templated';

export const forEachConfig = (templated: Templated) =>
  z.strictObject({
    items: requiredJson,
    concurrency: templated(z.int().min(1).max(limits.loopConcurrency)).optional(),
    onError: z.enum(['stop', 'continue']).optional(),
  });

export const manifest: StepManifest = {
  kind: 'logic.forEach',
  group: 'decide',
  label: 'For each',
  icon: 'loop',
  description: 'Runs the steps inside once for every item of a list.',
  isTrigger: false,
  isContainer: true,
  isLoop: true,
  nature: 'pure',
  config: forEachConfig,
  fields: [
    {
      name: 'items',
      label: 'Items',
      widget: 'json',
      required: true,
      isTemplated: true,
      placeholder: '{{ event.data.body.lines }}',
      help: 'A list. Inside, `item` is one of them and `index` its place, from 0.',
    },
    {
      name: 'concurrency',
      label: 'At the same time',
      widget: 'number',
      isTemplated: true,
      defaultValue: 1,
      help: 'How many items are worked on at once. The results stand in the order of the items all the same.',
    },
    {
      name: 'onError',
      label: 'When one fails',
      widget: 'select',
      isTemplated: false,
      defaultValue: 'stop',
      options: [
        { value: 'stop', label: 'Stop', help: 'The others are undone, and the step fails.' },
        { value: 'continue', label: 'Go on', help: 'Only that one is undone; it is listed under errors.' },
      ],
    },
  ],
  ports: effectPorts,
  accepts: new Set(['disabled', 'join']),
  summary: ({ items, concurrency }) => ({
    verb: 'each',
    rest:
      typeof concurrency === 'number' && concurrency > 1
        ? `${shorten(items)} · ${concurrency} at once`
        : shorten(items),
  }),
  example: { items: '{{ event.data.body.lines }}', concurrency: 5 },
  output: 'What each iteration made, in order, as {items, errors}; null stands in the place of one that failed.',
};
