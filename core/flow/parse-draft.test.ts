import { describe, expect, it } from 'vitest';
import { parseDraft } from '@/core/flow/parse-draft';
import { flow, step, transform } from '@/core/flow/testing';

const faultsOf = (value: unknown): string[] => {
  const parsed = parseDraft(value);
  return 'faults' in parsed ? parsed.faults.map(({ code, pointer }) => `${code} ${pointer}`) : [];
};
const empty = { headrace: 1, name: 'Test', steps: [], edges: [] };

describe('a draft may be incomplete', () => {
  it('with broken edges, unknown kinds and expressions that do not parse', () => {
    const draft = flow([step('x', 'saga.scope'), transform('x', '{{ ( }}')], ['x → nowhere']);
    expect(parseDraft(draft)).toEqual({ document: draft });
  });
});

describe('a draft is refused', () => {
  it.each([[null], [7], ['text'], [[]], [undefined]])('when it is %j', (value) => {
    expect(faultsOf(value)).toHaveLength(1);
  });

  it('with every fault of its shape at once', () => {
    expect(faultsOf({ ...empty, headrace: 2, name: ' ', extra: true, steps: [{ id: 'a', retries: 3 }] })).toEqual([
      'field.invalid /headrace',
      'field.invalid /name',
      'field.required /steps/0/kind',
      'field.unknown /steps/0/retries',
      'field.unknown /extra',
    ]);
  });

  it('when a key would reach the prototype of an object', () => {
    const hostile: unknown = JSON.parse(
      '{"headrace":1,"name":"x","steps":[{"id":"a","kind":"k","config":{"__proto__":{"a":1}}}],"edges":[],"constructor":1}',
    );
    expect(faultsOf(hostile)).toEqual(['field.keyRefused /steps/0/config/__proto__', 'field.keyRefused /constructor']);
    expect(({} as { a?: number }).a).toBeUndefined();
  });

  it('when it is nested too deeply, before anything walks it', () => {
    let deep: unknown = 'end';
    for (let level = 0; level < 100_000; level += 1) {
      deep = [deep];
    }
    expect(faultsOf({ ...empty, steps: [{ id: 'a', kind: 'k', config: { deep } }] })).toEqual(['request.tooDeep ']);
  });

  it('when it has more steps than a canvas can show', () => {
    const steps = Array.from({ length: 1001 }, (_, index) => transform(`s${index}`));
    expect(faultsOf({ ...empty, steps })).toEqual(['field.invalid /steps']);
  });
});
