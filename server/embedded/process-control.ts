/**
 * Starting and ending the servers of the one-machine default. Ending is always bounded: a polite signal, a limited
 * wait, then SIGKILL. Each server gets a watchdog, a shell that waits for our end of a pipe to close, so that a
 * server does not outlive a parent that was killed. Refuses to signal a process whose mark no longer fits.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { isRunning, markOf, type ProcessMark } from './process-identity';

const pollMs = 20;

/**
 * The environment of the servers: nothing of ours, so that no secret of the application reaches them. NODE_ENV means
 * nothing to them; Next's types make it part of every environment.
 */
export const serverEnvironment: NodeJS.ProcessEnv = {
  NODE_ENV: 'production',
  PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
};

/** A free port of the loopback interface. Somebody else may take it before it is used; callers try again. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', resolve);
  });
  const address = probe.address();
  await new Promise<void>((resolve) => probe.close(() => resolve()));
  if (address === null || typeof address === 'string') throw new Error('the probe listener had no port');
  return address.port;
}

/** How both servers say that somebody was faster. */
export const portTaken = /address already in use/i;

/** Thrown by a launch that found its port taken. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError';

  constructor() {
    super('The port that was free a moment ago is taken.');
  }
}

const portAttempts = 5;

/** Calls `launch` with the wanted port, or with free ones until it finds its port still free. */
export async function withPort<T>(wanted: number | undefined, launch: (port: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await launch(wanted ?? (await freePort()));
    } catch (error) {
      if (!(error instanceof PortTakenError) || wanted !== undefined || attempt === portAttempts) throw error;
    }
  }
}

/** Waits until `isMet` answers true. @returns false when `timeoutMs` passed first. */
export async function waitUntil(isMet: () => boolean | Promise<boolean>, timeoutMs: number): Promise<boolean> {
  const endMs = performance.now() + timeoutMs;
  while (!(await isMet())) {
    if (performance.now() > endMs) return false;
    await delay(pollMs);
  }
  return true;
}

/**
 * Ends a process that may be anybody's child: first with `signal`, after `graceMs` with SIGKILL.
 * @returns when it is gone
 */
export async function endProcess(mark: ProcessMark, signal: NodeJS.Signals, graceMs: number): Promise<void> {
  if (!sendSignal(mark, signal)) return;
  if (await waitUntil(() => !isRunning(mark), graceMs)) return;
  sendSignal(mark, 'SIGKILL');
  await waitUntil(() => !isRunning(mark), graceMs);
}

/** @returns false when the process is gone. */
export function sendSignal(mark: ProcessMark, signal: NodeJS.Signals): boolean {
  if (!isRunning(mark)) return false;
  try {
    process.kill(mark.pid, signal);
    return true;
  } catch (error) {
    // It ended between the look and the signal.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** Reads its input to the end, which is our death, then ends process $2 with signal $1 and after 20 s by force. */
const watchdogScript = `
while read -r _; do :; done
kill -s "$1" "$2" 2>/dev/null || exit 0
n=0
while kill -0 "$2" 2>/dev/null && [ "$n" -lt 200 ]; do sleep 0.1; n=$((n+1)); done
kill -s KILL "$2" 2>/dev/null
`;

/**
 * Ends `child` with `signal` should this process die without doing so itself. The watchdog leaves with the child.
 * It is in a session of its own, because Ctrl-C in a terminal reaches every process of the foreground group.
 */
export function watch(child: ChildProcess, signal: 'INT' | 'TERM'): void {
  const watchdog = spawn('/bin/sh', ['-c', watchdogScript, 'headrace-watchdog', signal, String(child.pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    env: serverEnvironment,
  });
  // Without a shell there is no watchdog; the next start still finds and ends what was left behind.
  watchdog.on('error', () => watchdog.unref());
  watchdog.unref();
  (watchdog.stdin as unknown as { unref?: () => void } | null)?.unref?.();
  child.once('exit', () => watchdog.kill('SIGKILL'));
}

/** The mark of a child that was just spawned. @throws Error when it could not be started at all */
export async function spawnedMark(child: ChildProcess): Promise<ProcessMark> {
  if (child.pid === undefined) {
    throw await new Promise<Error>((resolve) => child.once('error', resolve));
  }
  return markOf(child.pid) ?? { pid: child.pid, identity: 'ended' };
}
