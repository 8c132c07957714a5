import { describe, expect, it } from 'vitest';
import { compileFlow } from '@/core/flow/compile';
import { flowExamples } from '@/core/flow/examples';
import { parseDraft } from '@/core/flow/parse-draft';
import { validate } from '@/core/flow/validate';

describe.each(flowExamples.map((example) => [example.name, example] as const))('example "%s"', (_name, example) => {
  it('is a well-formed draft', () => {
    expect(parseDraft(JSON.parse(JSON.stringify(example.document)))).toEqual({ document: example.document });
  });

  it('can be published without a single problem', () => {
    expect(validate(example.document)).toEqual([]);
  });

  it('compiles for the engine', () => {
    expect(compileFlow(example.document).order).toHaveLength(example.document.steps.length);
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
