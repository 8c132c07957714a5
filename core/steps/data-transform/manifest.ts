/** The step that builds a new value out of what earlier steps and the event hold. */
import { z } from 'zod';
import { isPlainObject } from '@/core/json';
import type { StepManifest, Templated } from '@/core/steps/contract';
import { commonPorts } from '@/core/steps/ports';
import { shorten } from '@/core/steps/summary-text';
import { requiredJson } from '@/core/steps/templated';

export const transformConfig = (_templated: Templated) => z.strictObject({ output: requiredJson });

export const manifest: StepManifest = {
  kind: 'data.transform',
  group: 'shape',
  label: 'Transform',
  icon: 'transform',
  description: 'Builds a new value from the data so far.',
  isTrigger: false,
  nature: 'pure',
  config: transformConfig,
  fields: [
    {
      name: 'output',
      label: 'Output',
      widget: 'json',
      required: true,
      isTemplated: true,
      placeholder: '{"total": "{{ $sum(event.data.body.lines.amount) }}"}',
      help: 'Any JSON with expressions in it; a value that is missing leaves its field out.',
    },
  ],
  ports: commonPorts,
  accepts: new Set(['disabled', 'join']),
  summary: ({ output }) => ({
    verb: 'set',
    rest: isPlainObject(output) ? Object.keys(output).join(', ') : shorten(output) || 'a value',
  }),
  example: { output: { id: '{{ event.data.body.id }}' } },
  output: 'The value that output describes.',
};
