/**
 * Runs the web and worker processes: waits until each is ready, starts one that dies again after a growing pause, and
 * ends them within a bounded time. It refuses to restart a process that never became ready, because such a fault does
 * not go away by itself and the person is still in front of the screen.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { HeadraceError } from '@/core/errors';
import { endProcess, spawnedMark } from '@/server/embedded/process-control';
import type { ProcessMark } from '@/server/embedded/process-identity';

export interface ServiceSpec {
  /** For messages: `web`, `worker 1`. */
  readonly name: string;
  /** Arguments of Node: options, the script and its arguments. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Settles when the process can do its work. The default waits for its first message. */
  readonly whenReady?: (signal: AbortSignal) => Promise<void>;
  readonly readyTimeoutMs?: number;
  /** How long it may take to finish what it has begun. */
  readonly graceMs: number;
}

export interface Service {
  readonly name: string;
  /** The process of this moment; undefined while it is down. */
  readonly mark: () => ProcessMark | undefined;
  /** Ends it for good. @param graceMs overrides the specification's */
  readonly stop: (graceMs?: number) => Promise<void>;
}

export interface SupervisorEvents {
  /** One line for the person: what ended, how, and what happens next. */
  readonly onRestart: (line: string) => void;
  /** The set of running processes changed. */
  readonly onChange: () => void;
  /** Gives up the wait for readiness. */
  readonly signal?: AbortSignal;
}

const firstPauseMs = 500;
const longestPauseMs = 5_000;
/** A process that lived this long is healthy: its next death starts with a short pause again. */
const healthyMs = 60_000;
/** Seconds on an idle machine; a small one that is busy building something else takes its time. */
const defaultReadyTimeoutMs = 120_000;

/**
 * Starts a service and keeps it running.
 * @returns when it is ready for the first time
 * @throws HeadraceError `internal.bug` when it ends or stays silent before that
 */
export async function superviseService(spec: ServiceSpec, events: SupervisorEvents): Promise<Service> {
  let current: Running | undefined;
  let isStopping = false;
  const interruption = new AbortController();

  const launch = async (): Promise<Running> => {
    current = await startProcess(spec);
    events.onChange();
    return current;
  };
  const first = await launch();
  try {
    await untilReady(spec, first, events.signal);
  } catch (error) {
    await endProcess(first.mark, 'SIGTERM', spec.graceMs);
    throw error;
  }

  const keepRunning = async (): Promise<void> => {
    let pauseMs = firstPauseMs;
    while (current) {
      const startMs = performance.now();
      const how = await current.exited;
      current = undefined;
      events.onChange();
      if (isStopping) return;
      if (performance.now() - startMs > healthyMs) pauseMs = firstPauseMs;
      events.onRestart(`${spec.name} ended with ${how}; starting it again in ${pauseMs / 1000} s`);
      await delay(pauseMs, undefined, { signal: interruption.signal }).catch(() => undefined);
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      if (!isStopping) await launch();
    }
  };
  const loop = keepRunning();

  return {
    name: spec.name,
    mark: () => current?.mark,
    stop: async (graceMs = spec.graceMs) => {
      isStopping = true;
      interruption.abort();
      // A launch may be under way: the loop's end is the proof that nothing is left.
      const { mark } = current ?? {};
      if (mark) await endProcess(mark, 'SIGTERM', graceMs);
      await loop;
    },
  };
}

interface Running {
  readonly child: ChildProcess;
  readonly mark: ProcessMark;
  /** How it ended, in a few words. */
  readonly exited: Promise<string>;
}

async function startProcess(spec: ServiceSpec): Promise<Running> {
  const child = spawn(process.execPath, spec.args, {
    env: spec.env as NodeJS.ProcessEnv,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    // A process group of its own: Ctrl-C in a terminal must reach the start alone, which then ends all in order.
    detached: true,
  });
  const exited = new Promise<string>((settle) => {
    child.once('exit', (code, signal) => settle(signal ?? `code ${code}`));
    child.once('error', (error) => settle(error.message));
  });
  return { child, mark: await spawnedMark(child), exited };
}

async function untilReady(spec: ServiceSpec, { child, exited }: Running, signal?: AbortSignal): Promise<void> {
  const waiting = new AbortController();
  const timeoutMs = spec.readyTimeoutMs ?? defaultReadyTimeoutMs;
  try {
    await Promise.race([
      spec.whenReady?.(waiting.signal) ?? new Promise<void>((settle) => child.once('message', () => settle())),
      exited.then((how) => {
        throw failure(`The ${spec.name} process ended with ${how} before it was ready. Its last lines are above.`);
      }),
      delay(timeoutMs, undefined, { signal: waiting.signal }).then(() => {
        throw failure(`The ${spec.name} process was not ready after ${timeoutMs / 1000} s.`);
      }),
      ...(signal ? [untilAborted(signal, waiting.signal)] : []),
    ]);
  } finally {
    waiting.abort();
  }
}

/** Rejects when `signal` aborts; stops listening when `end` does. */
const untilAborted = (signal: AbortSignal, end: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true, signal: end });
  });

const failure = (message: string): HeadraceError => new HeadraceError('internal.bug', message);
