import { describe, expect, it } from 'vitest';
import { createProgress } from './progress';

const recorder = (isTTY: boolean) => {
  const written: string[] = [];
  return { isTTY, written, write: (text: string) => written.push(text) > 0 };
};

describe('progress', () => {
  it('writes one plain line per finished step where lines cannot be replaced', async () => {
    const output = recorder(false);
    const progress = createProgress(output);
    await progress.step('Postgres', () => undefined);
    await progress.step('Database', () => Promise.resolve('up to date'));
    progress.warn('slow disk');
    expect(output.written.map((line) => line.replace(/\d+\.\d s/, 'n s'))).toEqual([
      '  ✓ Postgres (n s)\n',
      '  ✓ Database: up to date (n s)\n',
      '  ! slow disk\n',
    ]);
  });

  it('replaces the line of a step in progress on a terminal', async () => {
    const output = recorder(true);
    await createProgress(output).step('Postgres', () => undefined);
    expect(output.written[0]).toBe('  … Postgres');
    expect(output.written[1]?.startsWith('\r\u001B[2K  ✓ Postgres')).toBe(true);
  });

  it('marks a step that failed and passes its error on', async () => {
    const output = recorder(false);
    const failing = createProgress(output).step('Redis', () => Promise.reject(new Error('none')));
    await expect(failing).rejects.toThrow('none');
    expect(output.written).toEqual(['  ✗ Redis\n']);
  });
});
