/**
 * The step that asks a person and waits for the answer, however long. The row of the question is the promise: it outlives
 * restarts of everything. Refuses forms that change from run to run: people must know what they are asked.
 */
import { z } from 'zod';
import { isPlainObject } from '@/core/json';
import { limits } from '@/core/limits';
import type { PortManifest, StepManifest, Templated } from '@/core/steps/contract';
import { errorPort, outPort } from '@/core/steps/ports';
import { shorten } from '@/core/steps/summary-text';
import { anyJson, textValue } from '@/core/steps/templated';

const form = z.record(z.string(), anyJson, { error: 'A form is a JSON Schema, an object.' });

export const approvalConfig = (templated: Templated) =>
  z.strictObject({
    title: templated(textValue),
    description: templated(textValue).optional(),
    form: form.optional(),
    assignee: templated(z.string()).optional(),
    waitMs: templated(z.int().min(1).max(limits.delayMaxMs)).optional(),
  });

const ports: readonly PortManifest[] = [
  outPort,
  { name: 'rejected', label: 'rejected' },
  { name: 'timeout', label: 'timeout' },
  errorPort,
];

export const manifest: StepManifest = {
  kind: 'human.approval',
  group: 'event',
  label: 'Approval',
  icon: 'approval',
  description: 'Asks a person and waits for the answer.',
  isTrigger: false,
  nature: 'pure',
  config: approvalConfig,
  verbatimFields: ['form'],
  jsonSchemaFields: ['form'],
  fields: [
    {
      name: 'title',
      label: 'Question',
      widget: 'text',
      required: true,
      isTemplated: true,
      placeholder: 'Refund {{ event.data.body.amount }} to {{ event.data.body.customer }}?',
      help: 'One line: what is to be decided. It is all that somebody with a link sees besides the description and the form.',
    },
    {
      name: 'description',
      label: 'Description',
      widget: 'longText',
      isTemplated: true,
      help: 'What one needs to know to decide.',
    },
    {
      name: 'assignee',
      label: 'Who is asked',
      widget: 'text',
      isTemplated: true,
      placeholder: 'ines@example.com',
      help: 'An e-mail address. Without one, everybody may answer who may answer approvals; no member: they answer by a link.',
    },
    {
      name: 'form',
      label: 'Form',
      widget: 'schema',
      isTemplated: false,
      placeholder: '{"type": "object", "properties": {"amount": {"type": "number"}}}',
      help: 'A JSON Schema of the answer. Without one, a yes or no is enough.',
    },
    {
      name: 'waitMs',
      label: 'Wait at most',
      widget: 'durationMs',
      isTemplated: true,
      help: 'Then it leaves by timeout; without, it waits for as long as it takes.',
    },
  ],
  ports: () => ports,
  accepts: new Set(['disabled', 'join']),
  summary: (config) => {
    const { title, assignee } = isPlainObject(config) ? config : {};
    return {
      verb: 'ask',
      rest: typeof assignee === 'string' ? `${shorten(assignee)}: ${shorten(title)}` : shorten(title),
    };
  },
  example: { title: 'Refund order {{ event.data.body.id }}?' },
  output:
    'The answer: what the form says, or {approved: true, comment} without a form. By rejected: {approved: false, comment}. By timeout: null.',
};
