/**
 * The step that waits for an event: the next one of a type whose key equals that of the wait. Two expressions say what the
 * keys are, one over the run, evaluated when the wait begins, and one over each candidate. Refuses patterns of types: every
 * event of the type is looked at, and a wait for everything would look at the whole stream.
 */
import { z } from 'zod';
import { isPlainObject } from '@/core/json';
import { limits } from '@/core/limits';
import type { PortManifest, StepManifest, Templated } from '@/core/steps/contract';
import { awaitedEventType } from '@/core/steps/event-type';
import { errorPort, outPort } from '@/core/steps/ports';
import { shorten } from '@/core/steps/summary-text';
import { isExpression, requiredJson } from '@/core/steps/templated';

const eventKey = z.string().max(limits.waitExpressionLength).refine(isExpression, {
  error:
    'The key of an event is an expression over it, such as {{ event.data.orderId }}. This text would fit every event.',
});

export const waitConfig = (templated: Templated) =>
  z.strictObject({
    type: awaitedEventType,
    key: requiredJson,
    eventKey,
    waitMs: templated(z.int().min(0).max(limits.delayMaxMs)).optional(),
  });

const ports: readonly PortManifest[] = [outPort, { name: 'timeout', label: 'timeout' }, errorPort];

export const manifest: StepManifest = {
  kind: 'event.wait',
  group: 'event',
  label: 'Wait for event',
  icon: 'hourglass',
  description: 'Waits until an event with the same key comes, or the time is over.',
  isTrigger: false,
  nature: 'pure',
  config: waitConfig,
  fields: [
    {
      name: 'type',
      label: 'Event type',
      widget: 'text',
      required: true,
      isTemplated: false,
      placeholder: 'payment.received',
      help: 'The whole name of one type.',
    },
    {
      name: 'key',
      label: 'Key',
      widget: 'json',
      required: true,
      isTemplated: true,
      placeholder: '{{ event.data.body.id }}',
      help: 'What this run waits for, such as the number of its order. Evaluated once, when the wait begins.',
    },
    {
      name: 'eventKey',
      label: 'Key of the event',
      widget: 'code',
      required: true,
      isTemplated: true,
      expressionRoots: ['event'],
      placeholder: '{{ event.data.orderId }}',
      help: 'Where the same key stands in an event that comes; here, event is that event and nothing else can be read.',
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
  lazyFields: ['eventKey'],
  summary: (config) => {
    const { type, key } = isPlainObject(config) ? config : {};
    const what = typeof type === 'string' ? type : '';
    const which = typeof key === 'object' ? '' : shorten(key as string | undefined);
    return { verb: 'wait', rest: which === '' ? what : `${what} · ${which}` };
  },
  example: { type: 'payment.received', key: '{{ event.data.body.id }}', eventKey: '{{ event.data.orderId }}' },
  output: 'The event as {id, source, type, subject, time, data}. By timeout: null.',
};
