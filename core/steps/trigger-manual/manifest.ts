/** The step that starts a run by hand or by an API call. Refuses data that does not fit its schema, when it has one. */
import { z } from 'zod';
import type { StepManifest } from '@/core/steps/contract';
import { triggerPorts } from '@/core/steps/ports';
import { anyJson } from '@/core/steps/templated';

export const manualConfig = () =>
  z.strictObject({
    schema: z.union([z.record(z.string(), anyJson), z.boolean()], { error: 'A JSON Schema is an object.' }).optional(),
  });
export type ManualConfig = z.output<ReturnType<typeof manualConfig>>;

export const manifest: StepManifest = {
  kind: 'trigger.manual',
  group: 'trigger',
  label: 'Run by hand',
  icon: 'play',
  description: 'Starts a run from the browser or the API, with data you give.',
  isTrigger: true,
  nature: 'pure',
  config: manualConfig,
  expressionRoots: ['event'],
  jsonSchemaFields: ['schema'],
  fields: [
    {
      name: 'schema',
      label: 'Schema of the data',
      widget: 'json',
      isTemplated: false,
      placeholder: '{"type": "object", "required": ["id"]}',
      help: 'A JSON Schema; data that does not fit is refused and starts nothing.',
    },
  ],
  ports: triggerPorts,
  accepts: new Set(),
  summary: (config) => ({ verb: 'run', rest: config.schema === undefined ? 'by hand' : 'by hand, checked data' }),
  example: { schema: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] } },
  output: 'The data the run was started with, null when there was none.',
};
