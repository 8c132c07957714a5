/**
 * The step that starts a run of another flow, and by default waits for what comes of it. Refuses to say how: the flow that
 * is called is started by its manual trigger, with the data given here.
 */
import { z } from 'zod';
import { limits } from '@/core/limits';
import type { StepManifest, Templated } from '@/core/steps/contract';
import { effectPorts } from '@/core/steps/ports';
import { shorten } from '@/core/steps/summary-text';
import { anyJson } from '@/core/steps/templated';

const id = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const flowReference = z
  .string()
  .regex(/\S/, { error: 'Which flow is called: its id, or its name when no other flow has it.' })
  .max(limits.nameLength);

export const callConfig = (templated: Templated) =>
  z.strictObject({
    flow: templated(flowReference),
    data: anyJson.optional(),
    wait: z.boolean().optional(),
  });

export const manifest: StepManifest = {
  kind: 'flow.call',
  group: 'call',
  label: 'Call flow',
  icon: 'flows',
  description: 'Starts a run of another flow, and waits for its output unless told otherwise.',
  isTrigger: false,
  nature: 'pure',
  config: callConfig,
  fields: [
    {
      name: 'flow',
      label: 'Flow',
      widget: 'flow',
      required: true,
      isTemplated: true,
      placeholder: 'Ship an order',
      help: 'Its live version is started by its manual trigger.',
    },
    {
      name: 'data',
      label: 'Data',
      widget: 'json',
      isTemplated: true,
      placeholder: '{"id": "{{ event.data.body.id }}"}',
      help: 'What its manual trigger is given; the input of this step unless set.',
    },
    {
      name: 'wait',
      label: 'Wait for its end',
      widget: 'boolean',
      isTemplated: false,
      defaultValue: true,
      help: 'Without, the step is done as soon as the run exists, and nothing here depends on what comes of it.',
    },
  ],
  ports: effectPorts,
  accepts: new Set(['deadlineMs', 'disabled', 'join', 'pivot']),
  summary: ({ flow, wait }) => ({
    verb: wait === false ? 'start' : 'call',
    // The name of the step says which; nobody reads an id on a card.
    rest: typeof flow === 'string' && id.test(flow) ? 'by id' : shorten(flow),
  }),
  example: { flow: 'Ship an order', data: { id: '{{ event.data.body.id }}' } },
  output: 'The output of the run it started; {runId} of that run when it does not wait.',
};
