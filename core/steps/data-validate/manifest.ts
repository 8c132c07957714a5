/** The step that lets data on only if it fits a schema, so that everything behind it can rely on its shape. */
import { z } from 'zod';
import { isPlainObject } from '@/core/json';
import type { StepManifest, Templated } from '@/core/steps/contract';
import { errorPort, outPort } from '@/core/steps/ports';
import { anyJson } from '@/core/steps/templated';

export const validateConfig = (_templated: Templated) =>
  z.strictObject({
    data: anyJson.optional(),
    schema: z.union([z.record(z.string(), anyJson), z.boolean()], { error: 'A JSON Schema is an object.' }),
  });

/** What the card says of a schema: its title, or the fields it asks for. */
function aboutSchema(schema: unknown): string {
  if (!isPlainObject(schema)) return 'a schema';
  if (typeof schema.title === 'string' && schema.title !== '') return schema.title;
  const fields = isPlainObject(schema.properties) ? Object.keys(schema.properties) : [];
  return fields.length === 0 ? 'a schema' : fields.join(', ');
}

export const manifest: StepManifest = {
  kind: 'data.validate',
  group: 'shape',
  label: 'Validate',
  icon: 'validate',
  description: 'Lets data on only if it fits a JSON Schema.',
  isTrigger: false,
  nature: 'pure',
  config: validateConfig,
  fields: [
    {
      name: 'data',
      label: 'Data',
      widget: 'json',
      isTemplated: true,
      placeholder: '{{ event.data.body }}',
      help: 'What is checked. Empty: what the step before put out.',
    },
    {
      name: 'schema',
      label: 'Schema',
      widget: 'schema',
      required: true,
      isTemplated: false,
      placeholder: '{"type": "object", "required": ["id"]}',
      help: 'A JSON Schema (2020-12, or draft 7 when $schema says so).',
    },
  ],
  ports: () => [outPort, { name: 'invalid', label: 'invalid' }, errorPort],
  accepts: new Set(['disabled', 'join']),
  jsonSchemaFields: ['schema'],
  verbatimFields: ['schema'],
  summary: ({ schema }) => ({ verb: 'check', rest: aboutSchema(schema) }),
  example: {
    data: '{{ event.data.body }}',
    schema: { type: 'object', required: ['id'], properties: { id: { type: 'string' } } },
  },
  output: 'The data, unchanged. At invalid: {data, faults}, each fault with pointer and message.',
};
