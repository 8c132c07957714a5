/**
 * Flows to begin with. Each publishes and succeeds on a fresh install without a network, so that the first run a person
 * sees is green. Refuses addresses of other systems: what can fail for reasons outside the flow is no first example. Long,
 * because flows are.
 */
import type { FlowDocument } from '@/core/flow/document';
import type { JsonValue } from '@/core/json';

/** What to start the example with. */
export type ExampleSample =
  | {
      readonly type: 'webhook';
      readonly stepId: string;
      readonly method: string;
      readonly path: string;
      readonly body: JsonValue;
    }
  | { readonly type: 'manual'; readonly stepId: string; readonly data: JsonValue }
  | {
      readonly type: 'event';
      readonly stepId: string;
      readonly eventType: string;
      readonly subject: string;
      readonly data: JsonValue;
    };

export interface FlowExample {
  /** Stable, for links and tests. */
  readonly id: string;
  readonly name: string;
  /** Two sentences for the gallery: what it does, what it shows. */
  readonly description: string;
  readonly document: FlowDocument;
  readonly samples: readonly ExampleSample[];
}

/** Half a card and a gap to either side of the middle column, so that two branches stand even. */
const left = 0;
const middle = 160;
const right = 320;

const orderIntake: FlowExample = {
  id: 'order-intake',
  name: 'Order intake',
  description:
    'Takes an order from a shop, adds up its lines and publishes an event, a different one when the order is large. Shows a webhook that answers when the run ends, a transform, a switch and two ways that meet again.',
  document: {
    headrace: 1,
    name: 'Order intake',
    steps: [
      {
        id: 'received',
        kind: 'trigger.webhook',
        name: 'Order received',
        note: 'The caller gets the output of the run. Send the header Idempotency-Key to try the same order twice.',
        config: { path: 'orders', method: 'POST', respond: 'completed', subject: '{{ event.data.body.id }}' },
      },
      {
        id: 'priced',
        kind: 'data.transform',
        name: 'Add up the lines',
        config: {
          output: {
            id: '{{ event.data.body.id }}',
            customer: '{{ event.data.body.customer }}',
            lines: '{{ $count(event.data.body.lines) }}',
            total: '{{ $sum(event.data.body.lines.(quantity * price)) }}',
          },
        },
      },
      {
        id: 'size',
        kind: 'logic.switch',
        name: 'How large?',
        config: { cases: [{ port: 'large', when: '{{ steps.priced.output.total >= 1000 }}' }] },
      },
      {
        id: 'review',
        kind: 'event.publish',
        name: 'Ask for a review',
        config: {
          type: 'review.requested',
          subject: '{{ steps.priced.output.id }}',
          data: { order: '{{ steps.priced.output }}', because: 'The total is 1000 or more' },
        },
      },
      {
        id: 'accept',
        kind: 'event.publish',
        name: 'Announce the order',
        note: 'The example "React to an order" listens to this event.',
        config: {
          type: 'order.placed',
          subject: '{{ steps.priced.output.id }}',
          data: '{{ steps.priced.output }}',
        },
      },
      {
        id: 'answer',
        kind: 'data.transform',
        name: 'Say what happened',
        note: 'One of the two ways was taken; this step waits for whichever it was.',
        config: {
          output: {
            order: '{{ steps.priced.output.id }}',
            total: '{{ steps.priced.output.total }}',
            decision: "{{ $exists(steps.review.output) ? 'review' : 'accepted' }}",
          },
        },
      },
    ],
    edges: [
      { from: 'received', to: 'priced' },
      { from: 'priced', to: 'size' },
      { from: 'size', port: 'large', to: 'review' },
      { from: 'size', port: 'else', to: 'accept' },
      { from: 'review', to: 'answer' },
      { from: 'accept', to: 'answer' },
    ],
    canvas: {
      direction: 'down',
      steps: {
        received: { x: middle, y: 0 },
        priced: { x: middle, y: 100 },
        size: { x: middle, y: 200 },
        review: { x: left, y: 320 },
        accept: { x: right, y: 320 },
        answer: { x: middle, y: 440 },
      },
    },
    settings: { tags: { order: '{{ event.data.body.id }}' } },
  },
  samples: [
    {
      type: 'webhook',
      stepId: 'received',
      method: 'POST',
      path: 'orders',
      body: {
        id: 'SO-1001',
        customer: 'Aster Books',
        lines: [
          { sku: 'LAMP-2', quantity: 2, price: 49.5 },
          { sku: 'DESK-1', quantity: 1, price: 320 },
        ],
      },
    },
  ],
};

const reactToOrder: FlowExample = {
  id: 'react-to-order',
  name: 'React to an order',
  description:
    'Listens to order events and asks for a picking list, whoever published the order. Shows an event trigger with a filter, and that the two sides do not know each other. Run "Order intake" to feed it.',
  document: {
    headrace: 1,
    name: 'React to an order',
    steps: [
      {
        id: 'ordered',
        kind: 'trigger.event',
        name: 'Something about an order',
        note: 'The filter keeps orders without lines out; they start no run.',
        config: { types: ['order.*'], filter: '{{ event.data.lines > 0 }}' },
      },
      {
        id: 'task',
        kind: 'data.transform',
        name: 'Write the task',
        config: {
          output: {
            order: '{{ event.data.id }}',
            title: 'Pick {{ event.data.lines }} lines for order {{ event.data.id }}',
            priority: "{{ event.data.total >= 500 ? 'high' : 'normal' }}",
            because: '{{ event.type }}',
          },
        },
      },
      {
        id: 'announced',
        kind: 'event.publish',
        name: 'Ask for picking',
        config: {
          type: 'picking.requested',
          subject: '{{ steps.task.output.order }}',
          data: '{{ steps.task.output }}',
        },
      },
    ],
    edges: [
      { from: 'ordered', to: 'task' },
      { from: 'task', to: 'announced' },
    ],
    canvas: {
      direction: 'down',
      steps: { ordered: { x: 0, y: 0 }, task: { x: 0, y: 100 }, announced: { x: 0, y: 200 } },
      notes: [
        {
          id: 'why',
          x: 280,
          y: 0,
          width: 240,
          height: 120,
          text: 'A flow that listens can be added, paused or changed without touching the flow that publishes.',
        },
      ],
    },
    settings: { tags: { order: '{{ event.data.id }}' } },
  },
  samples: [
    {
      type: 'event',
      stepId: 'ordered',
      eventType: 'order.placed',
      subject: 'SO-1001',
      data: { id: 'SO-1001', customer: 'Aster Books', lines: 2, total: 419 },
    },
  ],
};

const askAndAnswer: FlowExample = {
  id: 'ask-and-answer',
  name: 'Ask and answer',
  description:
    'Prices a parcel and answers the caller itself: 200 with the price, or 422 with the reason. Shows a Respond step, two answers in one flow, and a second trigger that starts the same flow by hand.',
  document: {
    headrace: 1,
    name: 'Ask and answer',
    steps: [
      {
        id: 'asked',
        kind: 'trigger.webhook',
        name: 'Parcel price asked',
        config: { path: 'parcel-price', method: 'POST', respond: 'step', waitMs: 10_000 },
      },
      {
        id: 'tried',
        kind: 'trigger.manual',
        name: 'Try it by hand',
        config: {
          schema: {
            type: 'object',
            properties: { weightKg: { type: 'number' }, country: { type: 'string' } },
          },
        },
      },
      {
        id: 'parcel',
        kind: 'data.transform',
        name: 'Read the parcel',
        note: 'A webhook brings a request with a body; a run by hand brings the data itself.',
        config: { output: '{{ $exists(event.data.body) ? event.data.body : event.data }}' },
      },
      {
        id: 'check',
        kind: 'logic.switch',
        name: 'Can it be sent?',
        config: {
          cases: [
            {
              port: 'sendable',
              when: '{{ $type(steps.parcel.output.weightKg) = "number" and steps.parcel.output.weightKg > 0 and steps.parcel.output.weightKg <= 30 }}',
            },
          ],
        },
      },
      {
        id: 'price',
        kind: 'data.transform',
        name: 'Work out the price',
        config: {
          output: {
            weightKg: '{{ steps.parcel.output.weightKg }}',
            price: '{{ $round(4.5 + 1.2 * steps.parcel.output.weightKg, 2) }}',
            currency: 'EUR',
          },
        },
      },
      {
        id: 'quote',
        kind: 'webhook.respond',
        name: 'Answer with the price',
        config: { status: 200, body: '{{ steps.price.output }}' },
      },
      {
        id: 'refuse',
        kind: 'webhook.respond',
        name: 'Say why not',
        config: { status: 422, body: { error: 'A parcel weighs more than 0 and at most 30 kg. Send it as weightKg.' } },
      },
    ],
    edges: [
      { from: 'asked', to: 'parcel' },
      { from: 'tried', to: 'parcel' },
      { from: 'parcel', to: 'check' },
      { from: 'check', port: 'sendable', to: 'price' },
      { from: 'check', port: 'else', to: 'refuse' },
      { from: 'price', to: 'quote' },
    ],
    canvas: {
      direction: 'down',
      steps: {
        asked: { x: left, y: 0 },
        tried: { x: right, y: 0 },
        parcel: { x: middle, y: 120 },
        check: { x: middle, y: 220 },
        price: { x: left, y: 340 },
        refuse: { x: right, y: 340 },
        quote: { x: left, y: 440 },
      },
    },
  },
  samples: [
    { type: 'webhook', stepId: 'asked', method: 'POST', path: 'parcel-price', body: { weightKg: 2.4, country: 'DK' } },
    { type: 'manual', stepId: 'tried', data: { weightKg: 2.4, country: 'DK' } },
  ],
};

const orderSaga: FlowExample = {
  id: 'order-saga',
  name: 'Order saga',
  description:
    'Reserves stock and takes a payment, then ships; when it cannot ship, it undoes both, the last first. Shows a saga scope, compensations and the point of no return. Order with the country "none" to watch it climb back.',
  document: {
    headrace: 1,
    name: 'Order saga',
    steps: [
      {
        id: 'placed',
        kind: 'trigger.webhook',
        name: 'Order placed',
        note: 'The caller gets the output of the run, or learns that the order was undone.',
        config: { path: 'order-saga', method: 'POST', respond: 'completed', subject: '{{ event.data.body.id }}' },
      },
      {
        id: 'fulfil',
        kind: 'saga.scope',
        name: 'Fulfil',
        note: 'All of it happens, or what happened is undone.',
      },
      {
        id: 'reserve',
        kind: 'event.publish',
        in: 'fulfil',
        name: 'Reserve stock',
        note: 'Here other flows would listen. A step that calls the warehouse itself has the same ports.',
        config: {
          type: 'stock.reserved',
          subject: '{{ event.data.body.id }}',
          data: { sku: '{{ event.data.body.sku }}', quantity: '{{ event.data.body.quantity }}' },
        },
      },
      {
        id: 'release',
        kind: 'event.publish',
        in: 'fulfil',
        name: 'Release stock',
        note: 'Reads the output of the step it undoes.',
        config: {
          type: 'stock.released',
          subject: '{{ event.data.body.id }}',
          data: { reservation: '{{ steps.reserve.output.id }}' },
        },
      },
      {
        id: 'charge',
        kind: 'event.publish',
        in: 'fulfil',
        name: 'Take the payment',
        config: {
          type: 'payment.taken',
          subject: '{{ event.data.body.id }}',
          data: { amount: '{{ event.data.body.amount }}', currency: 'EUR' },
        },
      },
      {
        id: 'refund',
        kind: 'event.publish',
        in: 'fulfil',
        name: 'Refund the payment',
        config: {
          type: 'payment.refunded',
          subject: '{{ event.data.body.id }}',
          data: { payment: '{{ steps.charge.output.id }}' },
        },
      },
      {
        id: 'carrier',
        kind: 'logic.switch',
        in: 'fulfil',
        name: 'Is there a carrier?',
        config: { cases: [{ port: 'carrier', when: '{{ event.data.body.country != "none" }}' }] },
      },
      {
        id: 'ship',
        kind: 'event.publish',
        in: 'fulfil',
        name: 'Ship the order',
        note: 'What has left the house cannot be called back.',
        pivot: true,
        config: {
          type: 'order.shipped',
          subject: '{{ event.data.body.id }}',
          data: { country: '{{ event.data.body.country }}', reservation: '{{ steps.reserve.output.id }}' },
        },
      },
      {
        id: 'giveUp',
        kind: 'logic.fail',
        in: 'fulfil',
        name: 'No carrier',
        config: { code: 'order.undeliverable', message: 'No carrier serves {{ event.data.body.country }}.' },
      },
      {
        id: 'answer',
        kind: 'data.transform',
        name: 'Say what happened',
        config: { output: { order: '{{ event.data.body.id }}', shipment: '{{ steps.ship.output.id }}' } },
      },
    ],
    edges: [
      { from: 'placed', to: 'fulfil' },
      { from: 'reserve', to: 'charge' },
      { from: 'reserve', port: 'compensate', to: 'release' },
      { from: 'charge', to: 'carrier' },
      { from: 'charge', port: 'compensate', to: 'refund' },
      { from: 'carrier', port: 'carrier', to: 'ship' },
      { from: 'carrier', port: 'else', to: 'giveUp' },
      { from: 'fulfil', to: 'answer' },
    ],
    canvas: {
      direction: 'down',
      steps: {
        placed: { x: 360, y: 0 },
        fulfil: { x: 0, y: 100, width: 920, height: 480 },
        reserve: { x: 360, y: 140 },
        release: { x: 40, y: 140 },
        charge: { x: 360, y: 240 },
        refund: { x: 40, y: 240 },
        carrier: { x: 360, y: 340 },
        ship: { x: 360, y: 460 },
        giveUp: { x: 640, y: 460 },
        answer: { x: 360, y: 640 },
      },
    },
    settings: { tags: { order: '{{ event.data.body.id }}' } },
  },
  samples: [
    {
      type: 'webhook',
      stepId: 'placed',
      method: 'POST',
      path: 'order-saga',
      body: { id: 'SO-2001', sku: 'LAMP-2', quantity: 1, amount: 49.5, country: 'DK' },
    },
  ],
};

const orderLines: FlowExample = {
  id: 'order-lines',
  name: 'Order lines',
  description:
    'Reserves every line of an order, five at a time, and reports what could not be had. Shows a loop that goes on: a line that fails undoes its own reservation and stands under errors.',
  document: {
    headrace: 1,
    name: 'Order lines',
    steps: [
      {
        id: 'placed',
        kind: 'trigger.webhook',
        name: 'Order placed',
        note: 'The caller gets the report.',
        config: { path: 'order-lines', method: 'POST', respond: 'completed', subject: '{{ event.data.body.id }}' },
      },
      {
        id: 'lines',
        kind: 'logic.forEach',
        name: 'Lines',
        note: 'Each line is a small saga of its own; one that fails does not keep the others from going on.',
        config: { items: '{{ event.data.body.lines }}', concurrency: 5, onError: 'continue' },
      },
      {
        id: 'reserve',
        kind: 'event.publish',
        in: 'lines',
        name: 'Reserve the line',
        note: 'item is one of the lines, index its place from 0.',
        config: {
          type: 'stock.reserved',
          subject: '{{ event.data.body.id }}',
          data: { line: '{{ index }}', sku: '{{ item.sku }}', quantity: '{{ item.quantity }}' },
        },
      },
      {
        id: 'release',
        kind: 'event.publish',
        in: 'lines',
        name: 'Release the line',
        note: 'Reads the reservation of its own iteration, never that of another.',
        config: {
          type: 'stock.released',
          subject: '{{ event.data.body.id }}',
          data: { line: '{{ index }}', reservation: '{{ steps.reserve.output.id }}' },
        },
      },
      {
        id: 'enough',
        kind: 'logic.switch',
        in: 'lines',
        name: 'Is there enough?',
        config: { cases: [{ port: 'enough', when: '{{ item.quantity <= item.inStock }}' }] },
      },
      {
        id: 'confirm',
        kind: 'data.transform',
        in: 'lines',
        name: 'Confirm the line',
        note: 'The one end of an iteration: its output stands in the place of the item.',
        config: { output: { sku: '{{ item.sku }}', reservation: '{{ steps.reserve.output.id }}' } },
      },
      {
        id: 'short',
        kind: 'logic.fail',
        in: 'lines',
        name: 'Not enough',
        config: {
          code: 'stock.short',
          message: 'Only {{ item.inStock }} of {{ item.quantity }} {{ item.sku }} are there.',
        },
      },
      {
        id: 'report',
        kind: 'data.transform',
        name: 'Report',
        note: 'items and errors stand in the order of the list, whatever finished first.',
        config: {
          output: {
            order: '{{ event.data.body.id }}',
            reserved: '{{ $count(steps.lines.output.items) - $count(steps.lines.output.errors) }}',
            missing: '{{ [steps.lines.output.errors.message] }}',
          },
        },
      },
    ],
    edges: [
      { from: 'placed', to: 'lines' },
      { from: 'reserve', to: 'enough' },
      { from: 'reserve', port: 'compensate', to: 'release' },
      { from: 'enough', port: 'enough', to: 'confirm' },
      { from: 'enough', port: 'else', to: 'short' },
      { from: 'lines', to: 'report' },
    ],
    canvas: {
      direction: 'down',
      steps: {
        placed: { x: 360, y: 0 },
        lines: { x: 0, y: 100, width: 920, height: 380 },
        reserve: { x: 360, y: 140 },
        release: { x: 40, y: 140 },
        enough: { x: 360, y: 240 },
        confirm: { x: 360, y: 360 },
        short: { x: 640, y: 360 },
        report: { x: 360, y: 560 },
      },
    },
    settings: { tags: { order: '{{ event.data.body.id }}' } },
  },
  samples: [
    {
      type: 'webhook',
      stepId: 'placed',
      method: 'POST',
      path: 'order-lines',
      body: {
        id: 'SO-3001',
        lines: [
          { sku: 'LAMP-2', quantity: 1, inStock: 12 },
          { sku: 'DESK-1', quantity: 3, inStock: 2 },
          { sku: 'SHELF-4', quantity: 2, inStock: 40 },
        ],
      },
    },
  ],
};

/** In the order of the gallery. */
export const flowExamples: readonly FlowExample[] = [orderIntake, reactToOrder, askAndAnswer, orderSaga, orderLines];
