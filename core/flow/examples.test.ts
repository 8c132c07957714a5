import { describe, expect, it } from 'vitest';
import { evaluateTemplate } from '@/core/expression';
import { compileFlow } from '@/core/flow/compile';
import type { CompiledFlow } from '@/core/flow/compiled-flow';
import { type ExampleSample, flowExamples } from '@/core/flow/examples';
import { parseDraft } from '@/core/flow/parse-draft';
import { validate } from '@/core/flow/validate';
import type { JsonObject, JsonValue } from '@/core/json';
import type { StepPlan } from '@/core/steps/contract';
import { planContext } from '@/core/steps/testing';

/** Steps of a flow and of the bodies of its loops. */
const sizeOf = ({ order, steps, loops }: CompiledFlow): number =>
  loops.reduce((sum, id) => sum + sizeOf(steps.get(id)?.body as CompiledFlow), order.length);

describe.each(flowExamples.map((example) => [example.name, example] as const))('example "%s"', (_name, example) => {
  it('is a well-formed draft', () => {
    expect(parseDraft(JSON.parse(JSON.stringify(example.document)))).toEqual({ document: example.document });
  });

  it('can be published without a single problem', () => {
    expect(validate(example.document)).toEqual([]);
  });

  it('compiles for the engine', () => {
    expect(sizeOf(compileFlow(example.document))).toBe(example.document.steps.length);
  });

  it('reaches no other system', () => {
    expect(example.document.steps.filter((step) => step.kind === 'http.request')).toEqual([]);
  });

  it('has a place on the grid for every step', () => {
    const places = example.document.canvas?.steps ?? {};
    expect(Object.keys(places).toSorted()).toEqual(example.document.steps.map((step) => step.id).toSorted());
    expect(Object.values(places).every(({ x, y }) => x % 20 === 0 && y % 20 === 0)).toBe(true);
  });

  it('comes with a sample for each of its triggers', () => {
    const triggers = example.document.steps.filter((step) => step.kind.startsWith('trigger.')).map((step) => step.id);
    expect(example.samples.map((sample) => sample.stepId)).toEqual(triggers);
  });
});

/** The event of a sample, as the intake would make it. */
function eventOf(sample: ExampleSample): JsonObject {
  switch (sample.type) {
    case 'webhook':
      return { type: 'headrace.webhook.received', data: { method: sample.method, body: sample.body } };
    case 'manual':
      return { type: 'headrace.manual.started', data: sample.data };
    case 'event':
      return { type: sample.eventType, subject: sample.subject, data: sample.data };
  }
}

/** Walks a flow once in topological order: what every step that was reached planned. */
async function walk(
  exampleId: string,
  sampleIndex: number,
  change: (event: JsonObject) => JsonObject = (event) => event,
) {
  const example = flowExamples.find(({ id }) => id === exampleId);
  const sample = example?.samples[sampleIndex];
  if (example === undefined || sample === undefined) {
    throw new Error(`no sample ${sampleIndex} of ${exampleId}`);
  }
  const flow = compileFlow(example.document);
  const event = change(eventOf(sample));
  const outputs: JsonObject = { [sample.stepId]: { output: event.data ?? null } };
  const taken = new Map([[sample.stepId, 'out']]);
  const plans: Record<string, StepPlan> = {};
  const clock = { nowMs: 0, random: () => 0 };
  for (const id of flow.order) {
    const step = flow.steps.get(id);
    if (!step?.executor || !step.incoming.some(({ from, port }) => taken.get(from) === port)) {
      continue;
    }
    const frame = { event, steps: outputs, vars: {} };
    const config = ((await evaluateTemplate(step.config, frame, clock)) ?? {}) as JsonObject;
    const evaluate = async (pointer: string): Promise<JsonValue | undefined> => {
      const template = step.lazy.get(pointer);
      return template && evaluateTemplate(template, frame, clock);
    };
    const plan = await step.executor.plan(planContext(config, { written: step.step.config ?? {}, evaluate }));
    plans[id] = plan;
    taken.set(id, plan.type === 'complete' ? plan.port : plan.type === 'fail' ? 'error' : 'out');
    outputs[id] = { output: plan.type === 'complete' ? plan.output : null };
  }
  return plans;
}

describe('with its sample data', () => {
  it('"Order intake" adds up the lines, announces the order and answers', async () => {
    expect(await walk('order-intake', 0)).toMatchObject({
      priced: { output: { id: 'SO-1001', lines: 2, total: 419 } },
      accept: { type: 'publish', event: { type: 'order.placed', subject: 'SO-1001', data: { total: 419 } } },
      answer: { output: { order: 'SO-1001', total: 419, decision: 'accepted' } },
    });
  });

  it('"React to an order" asks for picking', async () => {
    expect(await walk('react-to-order', 0)).toMatchObject({
      announced: {
        type: 'publish',
        event: { type: 'picking.requested', data: { title: 'Pick 2 lines for order SO-1001', priority: 'normal' } },
      },
    });
  });

  it.each([0, 1])('"Ask and answer" answers with the price, by either trigger', async (sample) => {
    expect(await walk('ask-and-answer', sample)).toMatchObject({
      quote: { type: 'respond', answer: { status: 200, body: { weightKg: 2.4, price: 7.38, currency: 'EUR' } } },
    });
  });
});

describe('with other data', () => {
  const body = (value: JsonValue) => (event: JsonObject) => ({ ...event, data: { body: value } });

  it('"Order intake" asks for a review of a large order', async () => {
    const plans = await walk('order-intake', 0, body({ id: 'B', lines: [{ quantity: 1, price: 5000 }] }));
    expect(plans).toMatchObject({ review: { type: 'publish' }, answer: { output: { decision: 'review' } } });
    expect(plans).not.toHaveProperty('accept');
  });

  it('"Ask and answer" refuses a parcel that is too heavy', async () => {
    expect(await walk('ask-and-answer', 0, body({ weightKg: 31 }))).toMatchObject({
      refuse: { answer: { status: 422 } },
    });
  });

  it.each([[null], [{}], ['text'], [[1, 2]]])('no webhook example fails when the body is %j', async (value) => {
    const plans = [
      ...Object.values(await walk('order-intake', 0, body(value))),
      ...Object.values(await walk('ask-and-answer', 0, body(value))),
    ];
    expect(plans.filter(({ type }) => type === 'fail')).toEqual([]);
  });
});
