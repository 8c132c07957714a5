/** The step that fails the run on purpose, with words a person understands. It has no outlet: nothing follows it. */
import { z } from 'zod';
import { limits } from '@/core/limits';
import type { StepManifest, Templated } from '@/core/steps/contract';
import { shorten } from '@/core/steps/summary-text';
import { textValue } from '@/core/steps/templated';

const code = z
  .string()
  .max(limits.nameLength)
  .regex(/^[A-Za-z][A-Za-z0-9._-]*$/, { error: 'A code is one word, such as order.outOfStock.' });

export const failConfigSchema = (templated: Templated) =>
  z.strictObject({
    message: templated(textValue.refine((text) => text.trim() !== '', { error: 'Say why the flow fails.' })),
    code: templated(code).optional(),
  });

export const manifest: StepManifest = {
  kind: 'logic.fail',
  group: 'decide',
  label: 'Fail',
  icon: 'stop',
  description: 'Fails the run on purpose and says why.',
  isTrigger: false,
  nature: 'pure',
  config: failConfigSchema,
  fields: [
    {
      name: 'message',
      label: 'Message',
      widget: 'longText',
      required: true,
      isTemplated: true,
      placeholder: 'The order {{ event.data.body.id }} has no lines',
      help: 'Shown with the run: what is wrong, and what to do about it.',
    },
    {
      name: 'code',
      label: 'Code',
      widget: 'text',
      isTemplated: true,
      isAdvanced: true,
      placeholder: 'order.empty',
      help: 'One word to find and count such failures by.',
    },
  ],
  ports: () => [],
  accepts: new Set(['disabled', 'join']),
  summary: (config) => ({ verb: 'fail', rest: shorten(config.message) }),
  example: { message: 'The order {{ event.data.body.id }} has no lines', code: 'order.empty' },
  output: 'Nothing: the run fails here.',
};
