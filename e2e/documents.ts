/**
 * Flows that stories begin with, where drawing them is not the story. Each is given its name and address, so that no
 * two stories share one.
 */
import type { FlowDocument } from '@/core/flow/document';

/** `Charge cards 3f2a` → `charge-cards-3f2a`, the address of its webhook. */
export const pathOf = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');

/** Webhook → Transform. */
export const twoSteps = (name: string): FlowDocument => ({
  headrace: 1,
  name,
  steps: [
    { id: 'received', kind: 'trigger.webhook', name: 'Order received', config: { path: pathOf(name) } },
    { id: 'shaped', kind: 'data.transform', name: 'Shape it', config: { output: { id: '{{ event.data.body.id }}' } } },
  ],
  edges: [{ from: 'received', to: 'shaped' }],
  canvas: { steps: { received: { x: 0, y: 0 }, shaped: { x: 0, y: 120 } } },
});

/** Webhook → HTTP request to another system → Transform, with quick retries. */
export const callsOut = (name: string, url: string): FlowDocument => ({
  headrace: 1,
  name,
  steps: [
    { id: 'received', kind: 'trigger.webhook', name: 'Order received', config: { path: pathOf(name) } },
    {
      id: 'charge',
      kind: 'http.request',
      name: 'Charge card',
      config: {
        method: 'POST',
        url: `${url}/charges`,
        body: { order: '{{ event.data.body.id }}', amount: '{{ event.data.body.amount }}' },
      },
      retry: { attempts: 2, backoff: 'exponential', initialMs: 50, maxMs: 100, jitter: 'none' },
    },
    {
      id: 'done',
      kind: 'data.transform',
      name: 'Say so',
      config: { output: { charged: '{{ steps.charge.output.body.id }}' } },
    },
  ],
  edges: [
    { from: 'received', to: 'charge' },
    { from: 'charge', to: 'done' },
  ],
  canvas: { steps: { received: { x: 0, y: 0 }, charge: { x: 0, y: 120 }, done: { x: 0, y: 240 } } },
});

/** Run by hand → Transform → Transform. */
export const byHand = (name: string): FlowDocument => ({
  headrace: 1,
  name,
  steps: [
    { id: 'start', kind: 'trigger.manual', name: 'By hand' },
    { id: 'double', kind: 'data.transform', name: 'Double it', config: { output: '{{ event.data.n * 2 }}' } },
    { id: 'told', kind: 'data.transform', name: 'Tell', config: { output: { is: '{{ steps.double.output }}' } } },
  ],
  edges: [
    { from: 'start', to: 'double' },
    { from: 'double', to: 'told' },
  ],
  canvas: { steps: { start: { x: 0, y: 0 }, double: { x: 0, y: 120 }, told: { x: 0, y: 240 } } },
});

/** Run by hand → HTTP request to another system → Transform: what other flows call. */
export const ships = (name: string, url: string): FlowDocument => ({
  headrace: 1,
  name,
  steps: [
    { id: 'start', kind: 'trigger.manual', name: 'Asked for' },
    {
      id: 'ship',
      kind: 'http.request',
      name: 'Ship it',
      config: { method: 'POST', url: `${url}/shipments`, body: { order: '{{ event.data.order }}' } },
    },
    { id: 'shipped', kind: 'data.transform', name: 'Shipped', config: { output: 'parcel for {{ event.data.order }}' } },
  ],
  edges: [
    { from: 'start', to: 'ship' },
    { from: 'ship', to: 'shipped' },
  ],
  canvas: { steps: { start: { x: 0, y: 0 }, ship: { x: 0, y: 120 }, shipped: { x: 0, y: 240 } } },
});

/** Webhook → a call of another flow, which is not chosen yet unless it is given. */
export const callsFlow = (name: string, flow?: string): FlowDocument => ({
  headrace: 1,
  name,
  steps: [
    { id: 'received', kind: 'trigger.webhook', name: 'Order received', config: { path: pathOf(name) } },
    {
      id: 'handOver',
      kind: 'flow.call',
      config: { data: { order: '{{ event.data.body.id }}' }, ...(flow === undefined ? {} : { flow }) },
    },
  ],
  edges: [{ from: 'received', to: 'handOver' }],
  canvas: { steps: { received: { x: 0, y: 0 }, handOver: { x: 0, y: 120 } } },
});

/** Webhook → Wait an hour, one after the other for each order, two at the same time. */
export const inLine = (name: string): FlowDocument => ({
  headrace: 1,
  name,
  steps: [
    { id: 'received', kind: 'trigger.webhook', name: 'Order received', config: { path: pathOf(name) } },
    { id: 'pause', kind: 'logic.delay', name: 'Wait for the carrier', config: { forMs: 3_600_000 } },
  ],
  edges: [{ from: 'received', to: 'pause' }],
  settings: { lane: { key: '{{ event.data.body.id }}' }, concurrency: 2 },
});
