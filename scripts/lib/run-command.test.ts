import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitUntil } from '@/server/embedded/process-control';
import { markOf } from '@/server/embedded/process-identity';
import { runNode } from './run-command';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'headrace-command-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** A command that starts a process of its own, writes down its id and waits for ever. */
const nested = (file: string): string[] => {
  const inner = 'setInterval(() => undefined, 1000)';
  return [
    '--eval',
    `const { pid } = require('node:child_process').spawn(process.execPath, ['--eval', ${JSON.stringify(inner)}]);
     require('node:fs').writeFileSync(${JSON.stringify(file)}, String(pid)); ${inner};`,
  ];
};

describe('a command', () => {
  it('reports its exit code', async () => {
    expect(await runNode(['--eval', 'process.exit(4)'], { budgetMs: 10_000 })).toEqual({ code: 4, ended: undefined });
  });

  it('that exceeds its budget is ended with everything it started', async () => {
    const file = join(directory, 'pid');
    const result = await runNode(nested(file), { budgetMs: 5_000 });
    expect(result.ended).toBe('budget');
    const inner = Number(readFileSync(file, 'utf8'));
    expect(await waitUntil(() => markOf(inner) === undefined, 5000)).toBe(true);
  });

  it('that is interrupted is ended too', async () => {
    const file = join(directory, 'pid');
    const interruption = new AbortController();
    const running = runNode(nested(file), { budgetMs: 60_000, signal: interruption.signal });
    expect(await waitUntil(() => existsSync(file), 10_000)).toBe(true);
    interruption.abort();
    expect((await running).ended).toBe('interrupted');
  });
});
