import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import type { JsonValue } from '@/core/json';
import { limits } from '@/core/limits';
import type { AttemptOutcome, CodeTask } from '@/core/steps/contract';
import { hostileCode, hostileTimeoutMs } from '@/core/testing/hostile/code';
import { createSandbox, type Sandbox } from '@/workers/sandbox/create-sandbox';

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const sandbox = createSandbox({ size: 2, log });
afterAll(() => sandbox.close());

const task = (source: string, rest: Partial<CodeTask & { workspaceId: string }> = {}) => ({
  workspaceId: 'w',
  source,
  input: null,
  timeoutMs: 10_000,
  nowMs: Date.UTC(2026, 0, 1),
  seed: 'seed',
  ...rest,
});
const run = (source: string, rest: Partial<CodeTask & { workspaceId: string }> = {}): Promise<AttemptOutcome> =>
  sandbox.run(task(source, rest));
const output = async (source: string, input: JsonValue = null): Promise<JsonValue> => {
  const outcome = await run(source, { input });
  return outcome.type === 'succeeded' ? outcome.output : `failed: ${JSON.stringify(outcome.error)}`;
};
const text = (outcome: AttemptOutcome): string[] =>
  ('logs' in outcome ? (outcome.logs ?? []) : []).map((line) => `${line.level} ${line.text}`);

describe('code in the sandbox', () => {
  it('is called with the input and gives its result', async () => {
    const input = { lines: [{ price: 2, quantity: 3 }], text: 'é 😀 \ud800 \u0000' };
    expect(await output('export default (input) => input', input)).toEqual(input);
    expect(await output('export default ({ lines }) => lines[0].price * lines[0].quantity', input)).toBe(6);
    expect(await output('export default () => {}')).toBeNull();
    expect(await output('export default () => ({ at: new Date(0), none: undefined, list: [undefined] })')).toEqual({
      at: '1970-01-01T00:00:00.000Z',
      list: [null],
    });
  });

  it('may be TypeScript, and may be asynchronous', async () => {
    const source = `
      interface Line { price: number }
      const sum = async (lines: Line[]): Promise<number> => lines.reduce((total, line) => total + line.price, 0 as number);
      export default async function (input: { lines: Line[] }) {
        const total = await sum(input.lines);
        return { total: await Promise.all([total, Promise.resolve(1)]) };
      }`;
    expect(await output(source, { lines: [{ price: 2 }, { price: 3 }] })).toEqual({ total: [5, 1] });
  });

  it('knows one instant, one place and repeatable numbers', async () => {
    const source = `export default () => [Date.now(), new Date().toISOString(), new Date(2026, 5, 1).getTimezoneOffset(),
      Math.random(), Math.random()]`;
    vi.stubEnv('TZ', 'America/New_York');
    const [now, iso, offset, first, second] = (await output(source)) as number[];
    vi.unstubAllEnvs();
    expect([now, iso, offset]).toEqual([Date.UTC(2026, 0, 1), '2026-01-01T00:00:00.000Z', 0]);
    expect(await output(source)).toEqual([now, iso, offset, first, second]);
    expect(first).not.toBe(second);
    const other = await run(source, { seed: 'another' });
    expect(other).toMatchObject({
      type: 'succeeded',
      output: [now, iso, offset, expect.not.closeTo(first ?? 0), expect.anything()],
    });
  });

  it('leaves nothing for the next evaluation to find', async () => {
    const leave = `globalThis.left = 1; Array.prototype.left = 1; Object.freeze(Object.prototype);
      export default () => { Math.left = 1; console.left = 1; return 'left'; }`;
    const look = `export default () => [typeof left, [].left === undefined, Math.left === undefined,
      console.left === undefined, Object.isFrozen(Object.prototype)]`;
    for (const workspaceId of ['w', 'w', 'another']) {
      expect(await run(leave, { workspaceId })).toMatchObject({ output: 'left' });
      expect(await run(look, { workspaceId })).toMatchObject({ output: ['undefined', true, true, true, false] });
    }
  });

  it('says where it threw, in the lines of its author', async () => {
    const source = 'interface A {\n  a: { b: number };\n}\nexport default (input: A) => {\n  return input.a.b;\n};';
    expect(await run(source, { input: {} })).toEqual({
      type: 'failed',
      error: {
        code: 'code.threw',
        message: "TypeError: cannot read property 'b' of undefined (line 5, column 17)",
        isRetryable: false,
        details: { line: 5, column: 17 },
      },
    });
  });

  it('says where in the result something is no JSON', async () => {
    const outcome = await run('export default () => ({ orders: [{ total: 1 }, { total: NaN }] })');
    expect(outcome).toMatchObject({ error: { message: 'orders[1].total is NaN, which JSON cannot hold.' } });
  });
});

describe('what code prints', () => {
  it('is kept, with its level, whether it succeeds, throws, loops or has to be killed', async () => {
    const print =
      "console.log('a', { b: [1, 'c'] }); console.warn(new Error('d')); console.error(null, undefined, 1n);";
    const printed = ['info a {b: [1, "c"]}', 'warn Error: d', 'error null undefined 1n'];
    for (const end of ['return 1;', 'throw 1;', 'for (;;);', 'return new Array(3e8).join();']) {
      expect(text(await run(`export default () => { ${print} ${end} }`, { timeoutMs: hostileTimeoutMs }))).toEqual(
        printed,
      );
    }
  });

  it('is bounded in lines and in length, and says so', async () => {
    const lines = text(await run('export default () => { for (let n = 0; n < 1e5; n += 1) console.log(n); }'));
    expect(lines).toHaveLength(limits.codeLogLines + 1);
    expect(lines.at(-1)).toBe('warn More was printed than is kept.');
    const long = text(
      await run('export default () => { for (let n = 0; n < 1e3; n += 1) console.log("x".repeat(1e5)); }'),
    );
    expect(long.at(-1)).toBe('warn More was printed than is kept.');
    expect(long.join('').length).toBeLessThan(2 * limits.codeLogLength);
  });
});

describe('hostile code', () => {
  it.each(hostileCode)('$what ends clearly', async ({ source, ends }) => {
    const outcome = await run(source, { timeoutMs: hostileTimeoutMs, workspaceId: 'hostile' });
    if ('output' in ends) {
      expect(outcome).toMatchObject({ type: 'succeeded', output: ends.output });
      return;
    }
    expect(outcome).toMatchObject({
      type: 'failed',
      error: { code: expect.stringMatching(/^code\./), isRetryable: false },
    });
    expect(ends).toContain(outcome.type === 'failed' ? outcome.error.code : null);
    expect(outcome.type === 'failed' ? outcome.error.message.length : 0).toBeLessThan(4000);
  });

  it('has cost nobody else anything', async () => {
    expect(await output('export default (input) => input.a', { a: 1 })).toBe(1);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('the pool', () => {
  let pool: Sandbox | null = null;
  const open = (size: number): Sandbox => {
    pool = createSandbox({ size, log });
    return pool;
  };
  afterEach(() => pool?.close());
  const loop = 'export default () => { for (;;); }';
  const one = 'export default () => 1';

  it('lets workspaces take turns, however much one of them asks for', async () => {
    const { run: evaluate } = bound(open(1));
    const order: string[] = [];
    const start = (workspaceId: string) => evaluate(task(one, { workspaceId })).then(() => order.push(workspaceId));
    await Promise.all([...Array.from({ length: 5 }, () => start('busy')), start('calm'), start('calm')]);
    expect(order.slice(0, 4).toSorted()).toEqual(['busy', 'busy', 'calm', 'calm']);
  });

  it('replaces a thread that it had to kill, and the others never notice', async () => {
    const { run: evaluate } = bound(open(1));
    const stuck = evaluate(task('export default () => new Array(3e8).join()', { timeoutMs: 200 }));
    const next = evaluate(task(one));
    expect(await stuck).toMatchObject({ error: { code: 'code.timedOut' } });
    expect(await next).toMatchObject({ output: 1 });
  });

  it('answers at once when there is no room to wait', async () => {
    const { run: evaluate, close } = bound(open(1));
    const all = Array.from({ length: limits.codeQueue + 10 }, () => evaluate(task(one)));
    expect(await evaluate(task(one))).toMatchObject({ error: { code: 'code.busy', isRetryable: true } });
    await close();
    const outcomes = await Promise.all(all);
    expect(outcomes.every(({ type }) => type !== 'unknown')).toBe(true);
  });

  it('stops what is aborted, waiting or running, and goes on with the rest', async () => {
    const { run: evaluate } = bound(open(1));
    const [running, waiting] = [new AbortController(), new AbortController()];
    const first = evaluate(task(`console.log('started'); ${loop}`), running.signal);
    const second = evaluate(task(loop), waiting.signal);
    const third = evaluate(task(one));
    waiting.abort();
    expect(await second).toMatchObject({ type: 'failed', error: { isRetryable: true } });
    running.abort();
    expect(await first).toMatchObject({ type: 'failed', error: { isRetryable: true } });
    expect(await third).toMatchObject({ output: 1 });
    expect(await evaluate(task(one), AbortSignal.abort())).toMatchObject({ type: 'failed' });
  });

  it('fails what runs and waits when it is closed, and takes nothing more', async () => {
    const { run: evaluate, close } = bound(open(1));
    const all = [evaluate(task(loop)), evaluate(task(one))];
    await close();
    for (const outcome of await Promise.all(all)) expect(outcome).toMatchObject({ error: { code: 'code.busy' } });
    expect(await evaluate(task(one))).toMatchObject({ error: { code: 'code.busy' } });
  });

  it('refuses an input that is too large to compute with', async () => {
    const outcome = await run(one, { input: 'x'.repeat(limits.codeMemoryBytes / 8) });
    expect(outcome).toMatchObject({ error: { code: 'code.outOfMemory' } });
  });
});

const bound = (pool: Sandbox): Sandbox => ({ run: pool.run.bind(pool), close: pool.close.bind(pool) });
