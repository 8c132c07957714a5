import { describe, expect, it } from 'vitest';
import { flow, step } from '@/core/flow/testing';
import { eventTriggers, listensTo, manualTriggers, webhookTriggers } from '@/core/flow/triggers';

const document = flow([
  step('hook', 'trigger.webhook', { path: 'orders/:id', subject: '{{ event.data.params.id }}' }),
  step('broken', 'trigger.webhook', { path: '/x' }),
  step('order', 'trigger.event', { types: ['order.*', 'refund.made'], filter: '{{ event.data.total > 10 }}' }),
  step('all', 'trigger.event', { types: ['*'] }),
  step('hand', 'trigger.manual'),
]);

it('webhook triggers come with their defaults, their pattern and the key by which addresses collide', () => {
  expect(webhookTriggers(document)).toMatchObject([
    {
      stepId: 'hook',
      pathKey: 'orders/:',
      config: { path: 'orders/:id', method: 'POST', respond: 'accepted', waitMs: 30_000, maxBodyBytes: 1_048_576 },
      subject: { isConstant: false },
    },
  ]);
});

describe('event triggers', () => {
  it('come with their filter compiled, or none', () => {
    expect(eventTriggers(document).map(({ stepId, filter }) => [stepId, filter?.isConstant ?? null])).toEqual([
      ['order', false],
      ['all', null],
    ]);
  });

  it('listen by any of their patterns', () => {
    const listeners = (type: string) =>
      eventTriggers(document)
        .filter((trigger) => listensTo(trigger, type))
        .map(({ stepId }) => stepId);
    expect(listeners('order.placed')).toEqual(['order', 'all']);
    expect(listeners('refund.made')).toEqual(['order', 'all']);
    expect(listeners('refund.asked')).toEqual(['all']);
  });
});

it('a manual trigger needs no config', () => {
  expect(manualTriggers(document)).toEqual([{ stepId: 'hand', config: {} }]);
});
