import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { markOf } from '@/server/embedded/process-identity';
import { lockDataDirectory, tryLock } from './lock';

let directory: string;
const path = (): string => join(directory, 'lock');

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'headrace-lock-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('the lock of the data directory', () => {
  it('is refused to a second start, which is told who holds it', () => {
    const lock = lockDataDirectory(directory, 'http://127.0.0.1:3000');
    expect(() => lockDataDirectory(directory, 'http://127.0.0.1:3001')).toThrow(
      `is in use by another start of Headrace (process ${process.pid}, http://127.0.0.1:3000).`,
    );
    lock.release();
    lockDataDirectory(directory, 'http://127.0.0.1:3001').release();
    expect(existsSync(path())).toBe(false);
  });

  it('says what to do about a directory that cannot be made', () => {
    writeFileSync(join(directory, 'file'), '');
    expect(() => lockDataDirectory(join(directory, 'file', 'data'), '')).toThrow(
      /cannot be written \(ENOTDIR\).*HEADRACE_DATA_DIR/,
    );
  });
});

describe('a lock', () => {
  const isHeld = (): boolean => 'holder' in tryLock(path(), 'second');

  it('of a process that ended is taken over at once', () => {
    const { pid } = spawnSync(process.execPath, ['--eval', '']);
    writeFileSync(path(), JSON.stringify({ pid, identity: 'of an earlier boot', note: 'crashed' }));
    expect(isHeld()).toBe(false);
    expect(JSON.parse(readFileSync(path(), 'utf8'))).toMatchObject({ pid: process.pid, note: 'second' });
  });

  it('of a process whose id a stranger has now is taken over at once', () => {
    writeFileSync(path(), JSON.stringify({ pid: process.ppid, identity: 'of an earlier boot', note: 'crashed' }));
    expect(isHeld()).toBe(false);
  });

  it('of a process that runs is respected', () => {
    writeFileSync(path(), JSON.stringify({ ...markOf(process.ppid), note: 'alive' }));
    expect(isHeld()).toBe(true);
  });

  it('that is unreadable holds nobody up', () => {
    writeFileSync(path(), '{"pid":');
    expect(isHeld()).toBe(false);
  });

  it('is not removed by somebody who does not hold it any more', () => {
    const lock = tryLock(path(), 'first');
    writeFileSync(path(), JSON.stringify({ ...markOf(process.ppid), note: 'alive' }));
    if ('release' in lock) lock.release();
    expect(isHeld()).toBe(true);
  });
});
