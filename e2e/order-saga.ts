/**
 * The order saga of the stories: stock, card and carrier are three services of one other system, each of which can be
 * told to fail. Refuses a fourth: the parts of a saga are all here.
 */
import type { FlowDocument } from '@/core/flow/document';
import { pathOf } from './documents';
import type { OtherSystem, ReceivedCall, Reply } from './world/other-system';

/** Gives up soon, so that a story does not wait. */
const retry = { attempts: 2, backoff: 'fixed', initialMs: 50, jitter: 'none' } as const;

const call = (id: string, name: string, config: Record<string, string | Record<string, string>>) => ({
  id,
  kind: 'http.request',
  in: 'fulfil',
  name,
  config,
  retry,
});

/**
 *   Order placed → Fulfil [ Reserve stock → Charge card → Ship order ] → Say so
 *                           ┄→ Release stock  ┄→ Refund card
 */
export const orderSaga = (name: string, url: string): FlowDocument => ({
  headrace: 1,
  name,
  steps: [
    { id: 'placed', kind: 'trigger.webhook', name: 'Order placed', config: { path: pathOf(name) } },
    { id: 'fulfil', kind: 'saga.scope', name: 'Fulfil' },
    call('reserve', 'Reserve stock', {
      method: 'POST',
      url: `${url}/reservations`,
      body: { sku: '{{ event.data.body.sku }}' },
    }),
    call('release', 'Release stock', {
      method: 'DELETE',
      url: `${url}/reservations/{{ steps.reserve.output.body.id }}`,
    }),
    call('charge', 'Charge card', {
      method: 'POST',
      url: `${url}/charges`,
      body: { amount: '{{ event.data.body.amount }}' },
    }),
    call('refund', 'Refund card', {
      method: 'POST',
      url: `${url}/charges/{{ steps.charge.output.body.id }}/refund`,
    }),
    call('ship', 'Ship order', {
      method: 'POST',
      url: `${url}/shipments`,
      body: { zip: '{{ event.data.body.zip }}' },
    }),
    {
      id: 'done',
      kind: 'data.transform',
      name: 'Say so',
      config: { output: { shipment: '{{ steps.ship.output.body.id }}' } },
    },
  ],
  edges: [
    { from: 'placed', to: 'fulfil' },
    { from: 'reserve', to: 'charge' },
    { from: 'charge', to: 'ship' },
    { from: 'reserve', port: 'compensate', to: 'release' },
    { from: 'charge', port: 'compensate', to: 'refund' },
    { from: 'fulfil', to: 'done' },
  ],
  canvas: {
    direction: 'down',
    steps: {
      placed: { x: 312, y: 0 },
      fulfil: { x: -72, y: 96, width: 660, height: 330 },
      reserve: { x: 312, y: 132 },
      release: { x: -48, y: 132 },
      charge: { x: 312, y: 232 },
      refund: { x: -48, y: 232 },
      ship: { x: 312, y: 336 },
      done: { x: 312, y: 470 },
    },
  },
});

export const order = { sku: 'LAMP-2', amount: 129.9, zip: '3999' } as const;

type Service = 'reservations' | 'charges' | 'shipments';

/** Which service a call is for, and whether it undoes. */
const isFor = ({ path }: ReceivedCall, service: Service): boolean => path.startsWith(`/${service}`);
export const undoes = ({ method, path }: ReceivedCall): boolean => method === 'DELETE' || path.endsWith('/refund');

export interface Trouble {
  /** Answers that it will not. */
  readonly refuses?: Service;
  /** Cuts the call off. */
  readonly hangsUp?: Service;
}

/** The services work, but for the trouble; what undoes always works. */
export function open(system: OtherSystem, { refuses, hangsUp }: Trouble = {}): void {
  system.answers((received): Reply => {
    if (undoes(received)) return { status: 200, body: { undone: true } };
    if (refuses !== undefined && isFor(received, refuses)) {
      return { status: 422, body: { message: 'No carrier serves 3999' } };
    }
    if (hangsUp !== undefined && isFor(received, hangsUp)) return 'hangsUp';
    return { status: 201, body: { id: received.path.slice(1, 4) } };
  });
}
