import { describe, expect, it } from 'vitest';
import { flow, step, transform, trigger } from '@/core/flow/testing';
import type { JsonValue } from '@/core/json';
import { frameOfSample } from '../sample-frame';
import { completableAt } from './code-paths';
import { sampleInput } from './sample-input';

const sample = { id: 'a', lines: [{ price: 1, tax: { rate: 2 } }], customer: { name: 'n' } };

/** Names offered at the `|`. */
function offered(code: string, input: JsonValue = sample): string[] | 'list' | null {
  const at = code.indexOf('|');
  const whole = code.replace('|', '');
  const found = completableAt(whole.slice(0, at), whole, input);
  return found === null ? null : found.isList ? 'list' : found.members.map(({ name }) => name);
}

describe('completion in code', () => {
  it.each<[string, string[] | 'list' | null]>([
    ['export default function (input) { return input.| }', ['id', 'lines', 'customer']],
    ['export default async (order: Order) => order?.customer.na|', ['name']],
    ['export default (input) => input.lines.|', 'list'],
    ['export default (input) => input.lines[0].|', ['price', 'tax']],
    ['export default ({ lines, id }) => lines.map((line) => line.tax.|)', ['rate']],
    ['export default (input) => input.lines.reduce((sum, line) => sum + line.|, 0)', ['price', 'tax']],
    ['export default (input) => { for (const line of input.lines) { line.| } }', ['price', 'tax']],
    ['export default (input) => { const who = input.customer;\n who.| }', ['name']],
    ['export default (input) => other.|', null],
    ['export default (input) => input.id.|', null],
    ['export default (input) => { const a = b;\n const b = a;\n a.| }', null],
  ])('%s', (code, names) => {
    expect(offered(code)).toEqual(names);
  });
});

describe('the input that code would get', () => {
  const run = (config: { [key: string]: JsonValue }) => step('c', 'code.run', config);
  const data = frameOfSample(trigger, {}, { a: 1 });

  it('is the written one, evaluated', () => {
    const written = run({ input: { b: '{{ event.data.a }}' } });
    expect(sampleInput(flow([trigger, written]), written, data)).toEqual({ b: 1 });
    const broken = run({ input: '{{ ( }}' });
    expect(sampleInput(flow([trigger, broken]), broken, data)).toBeUndefined();
  });

  it('is else what came before', () => {
    const bare = run({});
    const steps = [trigger, transform('t'), transform('u'), bare];
    expect(sampleInput(flow(steps, ['m → c']), bare, data)).toEqual({ a: 1 });
    expect(sampleInput(flow(steps, ['t → c']), bare, data)).toBeUndefined();
    const ran = { ...data, frame: { ...data.frame, steps: { t: { output: 7 }, u: { output: 8 } } } };
    expect(sampleInput(flow(steps, ['t → c']), bare, ran)).toBe(7);
    expect(sampleInput(flow(steps, ['t → c', 'u → c']), bare, ran)).toEqual({ t: 7, u: 8 });
  });
});
