import { expect, it } from 'vitest';
import { isHeadraceError } from '@/core/errors';
import { seededRandom } from '@/core/expression';
import { compileFlow } from '@/core/flow/compile';
import { flowExamples } from '@/core/flow/examples';
import { parseDraft } from '@/core/flow/parse-draft';
import { validate } from '@/core/flow/validate';
import { stepKinds } from '@/core/steps/registry';

const replacements: readonly unknown[] = [
  null,
  true,
  -1,
  1.5,
  9e99,
  '',
  'x',
  '{{',
  '{{ }}',
  '{{ steps.nope.output }}',
  '{{ error }}',
  '{{ item }}',
  [],
  {},
  [[]],
  { $secret: 7 },
  { port: 'out' },
  'toString',
  'received',
  'http.request',
  'saga.scope',
  { hmac: null },
  [{ port: 'a', when: '{{ ( }}' }],
];

/** Replaces, removes or repeats something at a random place of a copy. */
function mutate(document: unknown, random: () => number): unknown {
  const pick = <T>(items: readonly T[]): T | undefined => items[Math.floor(random() * items.length)];
  const visit = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null || random() < 0.03) {
      return pick(replacements);
    }
    const key = pick(Object.keys(value));
    if (key === undefined) {
      return pick(replacements);
    }
    if (Array.isArray(value)) {
      const index = Number(key);
      return random() < 0.2 ? [...value, value[index]] : value.map((item, at) => (at === index ? visit(item) : item));
    }
    return { ...value, [key]: visit((value as Record<string, unknown>)[key]) };
  };
  return visit(document);
}

it('whatever a document holds, it is refused with faults or validated and compiled, and nothing else is thrown', () => {
  const random = seededRandom('hostile documents');
  const everyKind = {
    headrace: 1,
    name: 'All kinds',
    steps: Object.values(stepKinds).map(({ manifest }, index) => ({
      id: `s${index}`,
      kind: manifest.kind,
      config: manifest.example,
    })),
    edges: [
      { from: 's0', to: 's3' },
      { from: 's3', port: 'error', to: 's7' },
    ],
  };
  const sources: unknown[] = [everyKind, ...flowExamples.map(({ document }) => document)];
  let parsedCount = 0;
  for (let round = 0; round < 800; round += 1) {
    let document: unknown = sources[round % sources.length];
    for (let times = 0; times <= round % 4; times += 1) {
      document = mutate(document, random);
    }
    const parsed = parseDraft(document);
    if ('faults' in parsed) {
      expect(parsed.faults.length).toBeGreaterThan(0);
      continue;
    }
    parsedCount += 1;
    const problems = validate(parsed.document);
    try {
      compileFlow(parsed.document);
    } catch (error) {
      expect(isHeadraceError(error) && error.code).toBe('flow.invalid');
      expect(problems.some(({ severity }) => severity === 'error')).toBe(true);
    }
  }
  expect(parsedCount).toBeGreaterThan(100);
});
