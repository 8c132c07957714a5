/** Runs one command with a time budget. What exceeds it is ended together with everything it started. */
import { spawn } from 'node:child_process';

export interface CommandResult {
  readonly code: number | null;
  /** Why it was ended by us, if it was. */
  readonly ended: 'budget' | 'interrupted' | undefined;
}

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly budgetMs: number;
  readonly signal?: AbortSignal;
}

/** A test runner needs this long to stop its servers and remove its files. */
const graceMs = 15_000;

/**
 * @param args of Node: script and arguments
 * @returns exit code and whether we ended it; its output goes to ours
 */
export function runNode(args: readonly string[], options: CommandOptions): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    let ended: CommandResult['ended'];
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...options.env } as NodeJS.ProcessEnv,
      // A group of its own, so that ending it reaches what it started, and Ctrl-C reaches it through us, once.
      detached: true,
    });
    const end = (why: 'budget' | 'interrupted') => (): void => {
      if (ended !== undefined) return;
      ended = why;
      signalGroup(child.pid, 'SIGTERM');
      setTimeout(() => signalGroup(child.pid, 'SIGKILL'), graceMs).unref();
    };
    const onAbort = end('interrupted');
    const timer = setTimeout(end('budget'), options.budgetMs);
    options.signal?.addEventListener('abort', onAbort);
    const settle = (): void => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', onAbort);
    };
    child.once('error', (error) => {
      settle();
      reject(error);
    });
    child.once('exit', (code) => {
      settle();
      resolve({ code, ended });
    });
  });
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // The group is gone.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
