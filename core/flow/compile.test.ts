import { describe, expect, it } from 'vitest';
import { HeadraceError } from '@/core/errors';
import { evaluateTemplate } from '@/core/expression';
import { compileFlow } from '@/core/flow/compile';
import type { FlowDocument } from '@/core/flow/document';
import { flow, step, transform, trigger } from '@/core/flow/testing';

const clock = { nowMs: 0, random: () => 0 };
const get = { method: 'GET', url: 'https://example.com/' };

const refusal = (document: FlowDocument): HeadraceError => {
  try {
    compileFlow(document);
  } catch (error) {
    if (error instanceof HeadraceError) {
      return error;
    }
    throw error;
  }
  throw new Error('the flow compiled');
};

//   m → call ─out───→ done
//            ─error─→ sorry → done
describe('a compiled flow', () => {
  const compiled = compileFlow(
    flow(
      [
        trigger,
        step('call', 'http.request', get, { timeoutMs: 5000, deadlineMs: 60_000, join: 'any' }),
        transform('sorry', '{{ error.message }}'),
        { ...transform('done'), disabled: true },
      ],
      ['m → call', 'call → done', 'call.error → sorry', 'sorry → done'],
      { settings: { tags: { order: '{{ event.data.id }}' } } },
    ),
  );
  const call = compiled.steps.get('call');

  it('lists its steps in topological order, and its triggers', () => {
    expect(compiled.order).toEqual(['m', 'call', 'sorry', 'done']);
    expect(compiled.triggers).toEqual(['m']);
  });

  it('indexes edges by the step they leave and the step they reach', () => {
    expect([...(call?.outgoing ?? [])]).toEqual([
      ['out', ['done']],
      ['error', ['sorry']],
    ]);
    expect(compiled.steps.get('done')?.incoming).toEqual([
      { from: 'call', port: 'out' },
      { from: 'sorry', port: 'out' },
    ]);
    expect([call?.hasErrorPort, compiled.steps.get('sorry')?.hasErrorPort]).toEqual([true, false]);
  });

  it('keeps what the steps say of time, joins and being disabled', () => {
    expect(call).toMatchObject({ timeoutMs: 5000, deadlineMs: 60_000, join: 'any', isDisabled: false });
    expect(compiled.steps.get('done')).toMatchObject({
      timeoutMs: 30_000,
      deadlineMs: null,
      join: 'all',
      isDisabled: true,
    });
  });

  it('has an executor for every step but its triggers', () => {
    expect(compiled.steps.get('m')?.executor).toBeNull();
    expect(call?.executor).not.toBeNull();
  });

  it('evaluates its tags', async () => {
    expect(compiled.tags).not.toBeNull();
    if (compiled.tags !== null) {
      expect(await evaluateTemplate(compiled.tags, { event: { data: { id: 7 } } }, clock)).toEqual({ order: 7 });
    }
  });
});

describe('retries', () => {
  const retryOf = (one: Parameters<typeof flow>[0][number]) =>
    compileFlow(flow([trigger, one], ['m → a'])).steps.get('a')?.retry;

  it('have the defaults of the format', () => {
    expect(retryOf(step('a', 'http.request', get))).toEqual({
      attempts: 3,
      backoff: 'exponential',
      initialMs: 200,
      maxMs: 30_000,
      jitter: 'full',
    });
  });

  it('keep what is written and fill in the rest', () => {
    expect(retryOf(step('a', 'http.request', get, { retry: { attempts: 5, jitter: 'none' } }))).toMatchObject({
      attempts: 5,
      initialMs: 200,
      jitter: 'none',
    });
  });

  it('do not cut a long first pause to the default limit', () => {
    expect(retryOf(step('a', 'http.request', get, { retry: { initialMs: 60_000 } }))).toMatchObject({ maxMs: 60_000 });
  });

  it('are none for a pure step', () => {
    expect(retryOf(transform('a'))?.attempts).toBe(1);
  });
});

describe('lazy fields', () => {
  const compiled = compileFlow(
    flow(
      [
        trigger,
        step('s', 'logic.switch', {
          cases: [
            { port: 'big', when: '{{ event.data.n > 1 }}' },
            { port: 'rest', when: true },
          ],
        }),
      ],
      ['m → s'],
    ),
  ).steps.get('s');

  it('are kept as written and left out of the eager config', async () => {
    expect(compiled?.lazyConfig).toEqual({
      cases: [
        { port: 'big', when: '{{ event.data.n > 1 }}' },
        { port: 'rest', when: true },
      ],
    });
    expect(compiled && (await evaluateTemplate(compiled.config, {}, clock))).toEqual({});
  });

  it('have a template for every value, by pointer inside config', async () => {
    const first = compiled?.lazy.get('/cases/0/when');
    expect(first && (await evaluateTemplate(first, { event: { data: { n: 2 } } }, clock))).toBe(true);
    expect(compiled?.lazy.get('/cases/1/when')?.isConstant).toBe(true);
  });
});

describe('refused', () => {
  //   m → a ⇄ b
  it('is a broken drawing, with every fault', () => {
    const error = refusal(
      flow([trigger, transform('a'), transform('b'), step('c', 'nope')], ['m → a', 'a → b', 'b → a']),
    );
    expect(error.code).toBe('flow.invalid');
    expect(error.faults.map(({ code }) => code)).toEqual(['step.kindUnknown', 'flow.cycle']);
  });

  it('is an expression that does not parse, lazy ones included', () => {
    const cases = { cases: [{ port: 'a', when: '{{ ( }}' }] };
    const error = refusal(
      flow([trigger, transform('a', '{{ ) }}'), step('s', 'logic.switch', cases)], ['m → a', 'a → s']),
    );
    expect(error.faults.map(({ pointer, stepId }) => [pointer, stepId])).toEqual([
      ['/steps/1/config/output', 'a'],
      ['/steps/2/config/cases/0/when', 's'],
    ]);
  });

  it('is what this build does not execute', () => {
    expect(refusal(flow([trigger, transform('a')], ['m → a'], { settings: { keepRunsDays: 1 } })).faults).toMatchObject(
      [{ code: 'flow.notExecuted', pointer: '/settings/keepRunsDays' }],
    );
  });

  it('is not a config that only a later rule refuses: a published version keeps running', () => {
    expect(() =>
      compileFlow(flow([trigger, step('a', 'http.request', { url: 'ftp://old' })], ['m → a'])),
    ).not.toThrow();
  });
});
