import { describe, expect, it } from 'vitest';
import { flow, step, transform, trigger } from '@/core/flow/testing';
import type { JsonObject } from '@/core/json';
import { hostileCode, hostileTimeoutMs } from '@/core/testing/hostile/code';
import { endlessExpressions, hostileData } from '@/core/testing/hostile/expressions';
import { costlySchemas } from '@/core/testing/hostile/schemas';
import { openEngineLab } from '@/server/testing/engine-lab';

const lab = openEngineLab();
const patienceMs = 180_000;

/** Runs a step on its own and says how its run ended. */
async function outcomeOf(kind: string, config: JsonObject, rest: JsonObject = {}): Promise<string> {
  const document = flow([trigger, step('h', kind, config, rest)], ['m → h']);
  const { state } = await lab.inStatus(await lab.start(document, hostileData), 'succeeded', 'failed');
  return state.status === 'failed' ? (state.error?.code ?? 'no code') : 'succeeded';
}

const bystander = flow([trigger, transform('t', '{{ event.data.n + 1 }}')], ['m → t']);

/** A run of somebody else, while the others go on. */
async function bystands(): Promise<void> {
  const { state } = await lab.inStatus(await lab.start(bystander, { n: 1 }), 'succeeded', 'failed');
  expect(state).toMatchObject({ status: 'succeeded', output: 2 });
}

describe('hostile input costs its own run a clear error, and the worker goes on', () => {
  it(
    'as expressions',
    async () => {
      const runs = endlessExpressions.map(async ([what, source]) => [
        what,
        await outcomeOf('data.transform', { output: `{{ ${source} }}` }),
      ]);
      await bystands();
      const ends = await Promise.all(runs);
      expect(ends.filter(([, end]) => end !== 'expression.limit')).toEqual([]);
      await bystands();
    },
    patienceMs,
  );

  it(
    'as schemas',
    async () => {
      const ends = await Promise.all(
        costlySchemas.map(async ({ what, schema, data }) => [what, await outcomeOf('data.validate', { schema, data })]),
      );
      expect(ends.filter(([, end]) => end !== 'data.uncheckable')).toEqual([]);
      await bystands();
    },
    patienceMs,
  );

  it(
    'as code',
    async () => {
      const unexpected: { what: string; end: string }[] = [];
      // A few at a time: each may use up its time on one of two threads, and its run is waited for.
      for (let at = 0; at < hostileCode.length; at += 8) {
        const runs = hostileCode.slice(at, at + 8).map(async ({ what, source, ends }) => {
          const end = await outcomeOf('code.run', { source, input: null }, { timeoutMs: hostileTimeoutMs });
          const isExpected = 'output' in ends ? end === 'succeeded' : ends.some((code) => code === end);
          if (!isExpected) unexpected.push({ what, end });
        });
        await bystands();
        await Promise.all(runs);
      }
      expect(unexpected).toEqual([]);
      await bystands();
    },
    patienceMs,
  );
});

describe('a run with code', () => {
  it('keeps what was printed with the attempt, and goes on behind it', async () => {
    const source = `export default (input: { n: number }) => {
      console.log('got', input);
      return { double: input.n * 2, at: new Date().toISOString() };
    }`;
    const document = flow(
      [trigger, step('c', 'code.run', { source }), transform('t', '{{ steps.c.output.double }}')],
      ['m → c', 'c → t'],
    );
    const { state } = await lab.inStatus(await lab.start(document, { n: 4 }), 'succeeded', 'failed');
    expect(state).toMatchObject({ status: 'succeeded', output: 8 });
    expect(state.steps.c?.attempts[0]).toMatchObject({
      status: 'succeeded',
      logs: [{ level: 'info', text: 'got {n: 4}' }],
    });
  });

  it('that throws fails with the line, keeps what was printed, and is caught by its error port', async () => {
    const source = 'export default () => {\n  console.warn("about to");\n  throw new RangeError("no");\n};';
    const document = flow(
      [trigger, step('c', 'code.run', { source }), transform('t', '{{ error.message }}')],
      ['m → c', 'c.error → t'],
    );
    const { state } = await lab.inStatus(await lab.start(document), 'succeeded', 'failed');
    expect(state).toMatchObject({ status: 'succeeded', output: 'RangeError: no (line 3, column 23)' });
    expect(state.steps.c?.attempts).toHaveLength(1);
    expect(state.steps.c?.attempts[0]?.logs).toEqual([{ level: 'warn', text: 'about to' }]);
  });
});

describe('a run that validates', () => {
  const schema = { type: 'object', required: ['id'] };

  it('goes on at invalid when that is drawn, and fails with the faults when not', async () => {
    const caught = flow(
      [trigger, step('v', 'data.validate', { schema }), transform('t', '{{ steps.v.output.faults[0].pointer }}')],
      ['m → v', 'v.invalid → t'],
    );
    const first = await lab.inStatus(await lab.start(caught, {}), 'succeeded', 'failed');
    expect(first.state).toMatchObject({ status: 'succeeded', output: '/id' });
    const open = flow([trigger, step('v', 'data.validate', { schema }), transform('t')], ['m → v', 'v → t']);
    const second = await lab.inStatus(await lab.start(open, {}), 'succeeded', 'failed');
    expect(second.state.error).toMatchObject({ code: 'data.invalid', details: { faults: [{ pointer: '/id' }] } });
  });
});
