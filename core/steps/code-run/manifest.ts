/** The step that computes what expressions cannot say well: a function in JavaScript or TypeScript, run in a sandbox. */
import { z } from 'zod';
import { limits } from '@/core/limits';
import type { StepManifest, Templated } from '@/core/steps/contract';
import { commonPorts } from '@/core/steps/ports';
import { anyJson } from '@/core/steps/templated';

export const codeConfig = (_templated: Templated) =>
  z.strictObject({
    source: z
      .string({ error: 'The code is text.' })
      .max(limits.codeSourceLength, { error: `The code is longer than ${limits.codeSourceLength} characters.` }),
    input: anyJson.optional(),
  });

/** The lines of a source that do something: for the card, which has room for a number. */
const linesIn = (source: unknown): number =>
  typeof source === 'string' ? source.split('\n').filter((line) => line.trim() !== '').length : 0;

export const manifest: StepManifest = {
  kind: 'code.run',
  group: 'shape',
  label: 'Code',
  icon: 'code',
  description: 'Runs a function of yours on the data, in a sandbox.',
  isTrigger: false,
  nature: 'pure',
  config: codeConfig,
  fields: [
    {
      name: 'input',
      label: 'Input',
      widget: 'json',
      isTemplated: true,
      placeholder: '{"lines": "{{ event.data.body.lines }}"}',
      help: 'Any JSON with expressions in it: what the function is called with. Empty: what the step before put out.',
    },
    {
      name: 'source',
      label: 'Code',
      widget: 'source',
      required: true,
      isTemplated: false,
      help: 'A module whose default function gets the input and returns the output. JavaScript or TypeScript.',
    },
  ],
  ports: commonPorts,
  accepts: new Set(['timeoutMs', 'disabled', 'join']),
  timeoutMaxMs: limits.codeTimeoutMaxMs,
  verbatimFields: ['source'],
  summary: ({ source }) => {
    const lines = linesIn(source);
    return { verb: 'run', rest: lines === 0 ? 'no code yet' : lines === 1 ? '1 line' : `${lines} lines` };
  },
  example: {
    input: { lines: '{{ event.data.body.lines }}' },
    source: `export default function (input) {
  return { total: input.lines.reduce((sum, line) => sum + line.price * line.quantity, 0) };
}
`,
  },
  output: 'What the function returns; null when it returns nothing.',
};
