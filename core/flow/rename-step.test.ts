import { describe, expect, it } from 'vitest';
import { isFreeStepId, renameStep } from '@/core/flow/rename-step';
import { flow, step, transform, trigger } from '@/core/flow/testing';

//   m → price → s ─big──→ done
//               s ─else─→ done
const document = flow(
  [
    trigger,
    transform('price', '{{ event.data.price }}'),
    step('s', 'logic.switch', { cases: [{ port: 'big', when: '{{ steps.price.output > 10 }}' }] }),
    transform('done', { text: 'price {{ steps.price.output }}, steps.price', same: '{{ event.data.price }}' }),
  ],
  ['m → price', 'price → s', 's.big → done', 's.else → done'],
  {
    canvas: { steps: { price: { x: 0, y: 100 }, done: { x: 0, y: 300 } }, direction: 'down' },
    settings: { tags: { a: '{{ event.id }}' } },
  },
);

describe('renaming a step', () => {
  const renamed = renameStep(document, 'price', 'cost');

  it('changes the step, its edges, its place and every expression that reads it', () => {
    expect(renamed).toEqual(
      flow(
        [
          trigger,
          transform('cost', '{{ event.data.price }}'),
          step('s', 'logic.switch', { cases: [{ port: 'big', when: '{{ steps.cost.output > 10 }}' }] }),
          transform('done', { text: 'price {{ steps.cost.output }}, steps.price', same: '{{ event.data.price }}' }),
        ],
        ['m → cost', 'cost → s', 's.big → done', 's.else → done'],
        {
          canvas: { steps: { cost: { x: 0, y: 100 }, done: { x: 0, y: 300 } }, direction: 'down' },
          settings: { tags: { a: '{{ event.id }}' } },
        },
      ),
    );
  });

  it('leaves what did not refer to it untouched, so that little is drawn anew', () => {
    expect(renamed.steps[0]).toBe(document.steps[0]);
    expect(renamed.edges[2]).toBe(document.edges[2]);
  });

  it('does not change the document it was given', () => {
    expect(document.steps[1]?.id).toBe('price');
  });
});

it('an id is free when it is well formed, not reserved and not taken', () => {
  expect(['cost', 'price', 'event', 'A', 'a-b', ''].map((id) => isFreeStepId(document, id))).toEqual([
    true,
    false,
    false,
    false,
    false,
    false,
  ]);
});

it('a call keeps the step that finds out about it', () => {
  const call = { id: 'call', kind: 'http.request', config: { onUnknown: { reconcile: 'price' } } };
  const [, renamed] = renameStep({ ...document, steps: [...document.steps.slice(0, 1), call] }, 'price', 'cost').steps;
  expect(renamed?.config).toEqual({ onUnknown: { reconcile: 'cost' } });
});
