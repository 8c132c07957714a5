import { describe, expect, it } from 'vitest';
import { receivedRequest, triggerWords } from './trigger-words';

const words = (kind: string, type = 'headrace.webhook.received') =>
  triggerWords({ trigger: { stepId: 't', kind }, event: { position: 1, id: 'e', type } });

describe('what started a run', () => {
  it('is said in words, for events by their type', () => {
    expect(words('trigger.webhook')).toBe('webhook');
    expect(words('trigger.manual')).toBe('by hand');
    expect(words('trigger.schedule')).toBe('schedule');
    expect(words('trigger.manual', 'headrace.flow.called')).toBe('another run');
    expect(words('trigger.event', 'order.placed')).toBe('order.placed');
  });

  it('is the name of the kind when this build does not know it', () => {
    expect(words('trigger.chat')).toBe('trigger.chat');
  });
});

describe('the request of a webhook', () => {
  const source = '/hooks/main/018f/received';

  it('is found again with its whole path, encoded', () => {
    const data = { method: 'PUT', path: 'orders/a b/ä' };
    expect(receivedRequest({ source, data })).toMatchObject({ method: 'PUT', path: '/hooks/main/orders/a%20b/%C3%A4' });
  });

  it('is not made up for other events', () => {
    expect(receivedRequest({ source: '/flows/018f', data: { method: 'GET', path: 'x' } })).toBeNull();
    expect(receivedRequest({ source, data: 'text' })).toBeNull();
    expect(receivedRequest({ source, data: { method: 'GET' } })).toBeNull();
  });
});
