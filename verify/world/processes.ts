/**
 * The web and worker processes of the storm: started with the very arguments and environment that `npm start` gives
 * them, started again whenever they die, and hurt on request. Unlike the supervisor it restarts at once, for ever, and
 * can arm one life of a process with a crash point. Refuses to touch processes it did not start.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { endProcess, sendSignal, spawnedMark, waitUntil } from '@/server/embedded/process-control';
import type { ProcessMark } from '@/server/embedded/process-identity';
import type { ServiceSpec } from '../../scripts/start/supervisor';

export interface HurtProcess {
  readonly name: string;
  /** Working, as far as is known: started, ready and not stopped by a signal. */
  isUp(): boolean;
  untilUp(timeoutMs: number): Promise<boolean>;
  /** @returns false when it is not there to be killed */
  kill(): boolean;
  /** SIGSTOP, and SIGCONT after `forMs`. @returns when it goes on, or has died meanwhile */
  freeze(forMs: number): Promise<void>;
  /** SIGTERM. @returns when it has ended */
  terminate(): Promise<void>;
  /** Kills it; its next life, and only that, has these variables too. @returns how the armed life ended */
  killAndArm(variables: Readonly<Record<string, string>>): Promise<string>;
  /** Ends it for good. */
  stop(): Promise<void>;
}

const restartPauseMs = 200;
/** A process that did not come up, for want of a server, tries again at this pace. */
const failedPauseMs = 500;
const stopGraceMs = 20_000;

interface Life {
  readonly child: ChildProcess;
  readonly mark: ProcessMark;
  readonly exited: Promise<string>;
  isReady: boolean;
  isFrozen: boolean;
  /** Killed from here, so that an armed life does not pass for one that died at its point. */
  isKilled: boolean;
}

/** Starts a process and keeps it running until it is stopped. @returns at once */
export function keepProcess(spec: ServiceSpec): HurtProcess {
  let life: Life | null = null;
  let isStopping = false;
  let extra: { readonly variables: Readonly<Record<string, string>>; readonly ended: (how: string) => void } | null =
    null;
  const stopping = new AbortController();

  const launch = async (variables: Readonly<Record<string, string>>): Promise<Life> => {
    const child = spawn(process.execPath, spec.args, {
      env: { ...spec.env, ...variables } as NodeJS.ProcessEnv,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      // Ctrl-C must reach the driver alone, which then ends all in order.
      detached: true,
    });
    const exited = new Promise<string>((settle) => {
      child.once('exit', (code, signal) => settle(signal ?? `code ${code}`));
      child.once('error', (error) => settle(error.message));
    });
    const started: Life = {
      child,
      mark: await spawnedMark(child),
      exited,
      isReady: false,
      isFrozen: false,
      isKilled: false,
    };
    child.once('message', () => {
      started.isReady = true;
    });
    return started;
  };

  const keepRunning = async (): Promise<void> => {
    while (!isStopping) {
      const armed = extra;
      extra = null;
      life = await launch(armed?.variables ?? {});
      if (isStopping) sendSignal(life.mark, 'SIGKILL');
      const lived = life;
      const how = await lived.exited;
      armed?.ended(lived.isKilled ? 'killed' : how);
      const hadComeUp = lived.isReady;
      life = null;
      await pause(hadComeUp ? restartPauseMs : failedPauseMs, undefined, { signal: stopping.signal }).catch(
        () => undefined,
      );
    }
  };
  const loop = keepRunning();
  const isUp = (): boolean => life?.isReady === true && !life.isFrozen;

  return {
    name: spec.name,
    isUp,
    untilUp: (timeoutMs) => waitUntil(isUp, timeoutMs),
    kill() {
      if (life === null || !sendSignal(life.mark, 'SIGKILL')) return false;
      life.isKilled = true;
      return true;
    },
    async freeze(forMs) {
      const frozen = life;
      if (frozen === null || !sendSignal(frozen.mark, 'SIGSTOP')) return;
      frozen.isFrozen = true;
      await Promise.race([pause(forMs, undefined, { signal: stopping.signal }).catch(() => undefined), frozen.exited]);
      frozen.isFrozen = false;
      sendSignal(frozen.mark, 'SIGCONT');
    },
    async terminate() {
      const ending = life;
      if (ending !== null) await endProcess(ending.mark, 'SIGTERM', stopGraceMs);
    },
    async killAndArm(variables) {
      const ended = new Promise<string>((resolve) => {
        extra = { variables, ended: resolve };
      });
      if (life !== null) sendSignal(life.mark, 'SIGKILL');
      return Promise.race([ended, aborted(stopping.signal)]);
    },
    async stop() {
      isStopping = true;
      stopping.abort();
      const last = life;
      if (last !== null) {
        // What is frozen does not hear SIGTERM.
        sendSignal(last.mark, 'SIGCONT');
        await endProcess(last.mark, 'SIGTERM', stopGraceMs);
      }
      await loop;
    },
  };
}

const aborted = (signal: AbortSignal): Promise<string> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve('stopped');
    else signal.addEventListener('abort', () => resolve('stopped'), { once: true });
  });
