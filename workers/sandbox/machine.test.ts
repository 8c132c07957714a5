import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { limits } from '@/core/limits';
import { evaluate } from '@/workers/sandbox/evaluate';
import { createMachine } from '@/workers/sandbox/machine';

const wasm = createRequire(import.meta.url).resolve('@jitl/quickjs-wasmfile-release-sync/wasm');
const compiled = new WebAssembly.Module(readFileSync(wasm));
const assignment = (source: string) => ({
  id: 1,
  workspaceId: 'w',
  source,
  input: 'null',
  timeoutMs: 5000,
  nowMs: 0,
  seed: '',
});

describe('the memory of a machine', () => {
  it.each([
    ['bytes', 'all.push(new Uint8Array(1e6))'],
    ['objects', 'all.push({ a: [1, 2, 3] })'],
    ['texts', 'all.push("x".repeat(1e6) + all.length)'],
    ['closures', 'all.push(() => all)'],
  ])('ends where the limit is, for %s too', async (_what, greedy) => {
    const machine = await createMachine(compiled);
    const source = `export default () => { const all = []; for (;;) ${greedy}; }`;
    const { verdict } = evaluate(machine, assignment(source), () => {});
    // Looking for garbage among ever more objects may use up the time before the memory.
    expect(['code.outOfMemory', 'code.timedOut']).toContain('fault' in verdict ? verdict.fault.code : null);
    expect(machine.memoryBytes()).toBeLessThanOrEqual(limits.codeMemoryBytes);
    expect(machine.isBloated()).toBe(true);
  });

  it('does not grow with the number of evaluations', async () => {
    const machine = await createMachine(compiled);
    const before = machine.memoryBytes();
    for (let n = 0; n < 300; n += 1) {
      const source = 'export default () => { globalThis.kept = "x".repeat(1e5); return console.log({}); }';
      expect(evaluate(machine, assignment(source), () => {}).isSpoiled).toBe(false);
    }
    expect(machine.memoryBytes()).toBe(before);
  });
});

it('the clock goes on when code has ended, however it ended', async () => {
  const machine = await createMachine(compiled);
  for (const source of ['export default () => 1', 'export default () => { throw 1; }', 'export default () => ;']) {
    evaluate(machine, assignment(source), () => {});
    expect(Date.now()).toBeGreaterThan(Date.UTC(2020, 0));
  }
});
