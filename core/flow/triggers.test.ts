import { expect, it } from 'vitest';
import { flow, step } from '@/core/flow/testing';
import { eventTriggers, manualTriggers, scheduleTriggers, webhookTriggers } from '@/core/flow/triggers';

const document = flow([
  step('hook', 'trigger.webhook', { path: 'orders/:id', subject: '{{ event.data.params.id }}' }),
  step('broken', 'trigger.webhook', { path: '/x' }),
  step('order', 'trigger.event', { types: ['order.*', 'refund.made'], filter: '{{ event.data.total > 10 }}' }),
  step('all', 'trigger.event', { types: ['*'] }),
  step('hand', 'trigger.manual'),
  step('daily', 'trigger.schedule', { cron: '0 8 * * *' }),
  step('never', 'trigger.schedule', { cron: '0 8 30 2 *' }),
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

it('event triggers come with their patterns, and their filter compiled when they have one', () => {
  expect(
    eventTriggers(document).map(({ stepId, config, filter }) => [stepId, config.types, filter?.isConstant]),
  ).toEqual([
    ['order', ['order.*', 'refund.made'], false],
    ['all', ['*'], undefined],
  ]);
});

it('a manual trigger needs no config', () => {
  expect(manualTriggers(document)).toEqual([{ stepId: 'hand', config: {} }]);
});

it('schedules come with their defaults, and only those that fire', () => {
  expect(scheduleTriggers(document)).toEqual([
    { stepId: 'daily', config: { cron: '0 8 * * *', timeZone: 'UTC', missed: 'skip' } },
  ]);
});
