import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { waitFor } from '@/server/testing/wait-for';

/** Starts a guarded process and is killed in the very same moment, before that one has loaded anything. */
const dyingStart = `
const { spawn } = require('node:child_process');
const guarded = ['--import', 'tsx', '--import', './scripts/start/child-guard.mjs', '-e', 'setInterval(() => {}, 1000)'];
const child = spawn(process.execPath, guarded, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], detached: true });
process.stdout.write(String(child.pid), () => process.kill(process.pid, 'SIGKILL'));
`;

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('a process of a start that is killed', () => {
  it('ends, even when it had not loaded yet', async () => {
    const start = spawn(process.execPath, ['-e', dyingStart], { stdio: ['ignore', 'pipe', 'inherit'] });
    let told = '';
    start.stdout.on('data', (bytes: Buffer) => {
      told += bytes.toString();
    });
    await new Promise((resolve) => start.once('close', resolve));
    const pid = Number(told);
    expect(pid).toBeGreaterThan(0);
    await waitFor('the process to end', async () => !isAlive(pid) || undefined);
  });
});
