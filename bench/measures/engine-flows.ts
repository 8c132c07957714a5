/** The flows that the engine is measured with: one call, a saga that fails at its end, and a pause. */
import type { FlowDocument, FlowStep } from '@/core/flow/document';

const hook = (path: string, respond: 'accepted' | 'completed'): FlowStep => ({
  id: 'hook',
  kind: 'trigger.webhook',
  config: { path, respond, waitMs: 60_000 },
});

/** @param url of a service that accepts everything */
export const callFlow = (path: string, url: string): FlowDocument => ({
  headrace: 1,
  name: `Benchmark ${path}`,
  steps: [
    hook(path, 'accepted'),
    {
      id: 'call',
      kind: 'http.request',
      config: { method: 'POST', url, body: { id: '{{ event.data.body.order.id }}' } },
    },
  ],
  edges: [{ from: 'hook', to: 'call' }],
});

const sagaSteps = [1, 2, 3, 4];

/**
 * Four steps with an effect, each undone by another, and a fifth that fails: five attempts, four compensations. The effects
 * are events, so that what is measured is the engine and not a service that somebody else runs.
 */
export const sagaFlow = (path: string): FlowDocument => ({
  headrace: 1,
  name: `Benchmark ${path}`,
  steps: [
    hook(path, 'completed'),
    ...sagaSteps.flatMap((n): FlowStep[] => [
      {
        id: `do${n}`,
        kind: 'event.publish',
        config: { type: `bench.done${n}`, data: { id: '{{ event.data.body.order.id }}' } },
      },
      {
        id: `undo${n}`,
        kind: 'event.publish',
        config: { type: `bench.undone${n}`, data: { event: `{{ steps.do${n}.output.id }}` } },
      },
    ]),
    { id: 'fifth', kind: 'logic.fail', config: { message: 'The fifth step fails.' } },
  ],
  edges: [
    { from: 'hook', to: 'do1' },
    ...sagaSteps.map((n) => ({ from: `do${n}`, to: n === sagaSteps.length ? 'fifth' : `do${n + 1}` })),
    ...sagaSteps.map((n) => ({ from: `do${n}`, port: 'compensate', to: `undo${n}` })),
  ],
});

/** Pauses that end at instants spread over `spreadMs`, the first after `firstMs`. */
export const pauseFlow = (path: string, firstMs: number, spreadMs: number): FlowDocument => ({
  headrace: 1,
  name: `Benchmark ${path}`,
  steps: [
    hook(path, 'accepted'),
    { id: 'pause', kind: 'logic.delay', config: { forMs: `{{ ${firstMs} + $floor($random() * ${spreadMs}) }}` } },
  ],
  edges: [{ from: 'hook', to: 'pause' }],
});
