/**
 * The pictures of the documentation, taken from the product itself: an order that could not be shipped, as drawn and as
 * it ran. Told only with E2E_DOCS_IMAGES=1, on an installation that has nothing else in it.
 */
import type { FlowDocument } from '@/core/flow/document';
import { expect, test } from './stories';
import type { OtherSystem } from './world/other-system';

test.use({ colorScheme: 'light', timezoneId: 'UTC' });

const folder = 'docs/images';

const orderFulfilment: FlowDocument = {
  headrace: 1,
  name: 'Order fulfilment',
  steps: [
    {
      id: 'placed',
      kind: 'trigger.webhook',
      name: 'Order placed',
      config: { path: 'orders', method: 'POST', subject: '{{ event.data.body.id }}' },
    },
    { id: 'fulfil', kind: 'saga.scope', name: 'Fulfil' },
    {
      id: 'reserve',
      kind: 'http.request',
      in: 'fulfil',
      name: 'Reserve stock',
      config: {
        method: 'POST',
        url: '{{ vars.stock }}/reservations',
        body: { sku: '{{ event.data.body.sku }}', qty: '{{ event.data.body.qty }}' },
      },
    },
    {
      id: 'release',
      kind: 'http.request',
      in: 'fulfil',
      name: 'Release stock',
      config: { method: 'DELETE', url: '{{ vars.stock }}/reservations/{{ steps.reserve.output.body.id }}' },
    },
    {
      id: 'charge',
      kind: 'http.request',
      in: 'fulfil',
      name: 'Charge card',
      config: {
        method: 'POST',
        url: '{{ vars.pay }}/charges',
        body: {
          amount: '{{ $round(event.data.body.amount * 100) }}',
          currency: 'EUR',
          reference: '{{ event.subject }}',
        },
      },
      retry: { attempts: 5, backoff: 'exponential', initialMs: 400, maxMs: 30_000, jitter: 'none' },
    },
    {
      id: 'refund',
      kind: 'http.request',
      in: 'fulfil',
      name: 'Refund card',
      config: { method: 'POST', url: '{{ vars.pay }}/charges/{{ steps.charge.output.body.id }}/refund' },
    },
    {
      id: 'ship',
      kind: 'http.request',
      in: 'fulfil',
      pivot: true,
      name: 'Ship order',
      config: {
        method: 'POST',
        url: '{{ vars.ship }}/shipments',
        body: { order: '{{ event.data.body.id }}', address: '{{ event.data.body.address }}' },
      },
      retry: { attempts: 5, backoff: 'exponential', initialMs: 400, maxMs: 30_000, jitter: 'none' },
    },
    {
      id: 'fulfilled',
      kind: 'event.publish',
      name: 'Publish order fulfilled',
      config: {
        type: 'order.fulfilled',
        subject: '{{ event.data.body.id }}',
        data: { shipment: '{{ steps.ship.output.body.id }}' },
      },
    },
  ],
  edges: [
    { from: 'placed', to: 'fulfil' },
    { from: 'reserve', to: 'charge' },
    { from: 'charge', to: 'ship' },
    { from: 'reserve', port: 'compensate', to: 'release' },
    { from: 'charge', port: 'compensate', to: 'refund' },
    { from: 'fulfil', to: 'fulfilled' },
  ],
  settings: { tags: { order: '{{ event.data.body.id }}' } },
};

const order = {
  id: 'SO-48219',
  sku: 'WHL-0420',
  qty: 2,
  amount: 129.9,
  currency: 'EUR',
  address: { street: 'Kanalgade 4', zip: '3999', city: 'Aarhus', country: 'DK' },
};

/** Stock is there, the card works at the second attempt, and the address cannot be delivered to: both are undone. */
function answersLikeThat(system: OtherSystem): void {
  const later = (body: string) => ({ status: 503, body });
  const final = { code: 'undeliverable', field: 'address.zip', message: 'No carrier serves 3999 DK' };
  const replies = new Map([
    ['/reservations', [{ status: 201, body: { id: 'res_2041' }, afterMs: 184 }]],
    [
      '/charges',
      [
        { ...later('try later'), afterMs: 330 },
        { status: 201, body: { id: 'ch_88120' }, afterMs: 410 },
      ],
    ],
    [
      '/shipments',
      [
        { ...later('try later'), afterMs: 600 },
        { ...later('try later'), afterMs: 490 },
        { status: 422, body: final, afterMs: 540 },
      ],
    ],
  ]);
  const undone = { status: 200, body: { undone: true }, afterMs: 260 };
  system.answers(({ path }) => replies.get(path)?.shift() ?? undone);
}

test('The pictures of the documentation', async ({ api, designer, otherSystem, page, run }) => {
  answersLikeThat(otherSystem);
  for (const name of ['stock', 'pay', 'ship']) await api.setVariable(name, otherSystem.url);
  const flowId = await api.publishedFlow(orderFulfilment);
  const runId = await api.callHook('orders', order);
  await api.untilRun(runId, 'compensated');

  await run.open(runId);
  await expect(run.drawn('Ship order', 'failed')).toBeVisible();
  await expect(run.panel('Ship order')).toContainText('No carrier serves 3999 DK');
  await page.screenshot({ path: `${folder}/run.png`, animations: 'disabled' });

  await designer.open(flowId, { step: 'charge', drawer: 'data' });
  await expect(designer.drawer).toContainText('SO-48219');
  await designer.showData('body');
  await page.screenshot({ path: `${folder}/designer.png`, animations: 'disabled' });
  await api.deleteFlow(flowId);
});
