/**
 * The sandbox: a few threads that evaluate code, one evaluation each at a time, workspaces in turn. A thread that stays
 * silent beyond its time is ended and replaced. Refuses to let anything out of here be unknown: code leaves nothing
 * behind, so whatever went wrong, it has certainly failed.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import secureJson from 'secure-json-parse';
import type { JsonValue } from '@/core/json';
import { limits } from '@/core/limits';
import type { AttemptOutcome, CodeTask, LogLine } from '@/core/steps/contract';
import type { Log } from '@/server/services/ports';
import type { Assignment, CodeFault, ThreadMessage, Verdict } from '@/workers/sandbox/messages';

export interface Sandbox {
  /**
   * Runs code once. The time it waits for a thread does not count.
   * @param task with the workspace it belongs to
   * @param signal takes it out of the queue, or ends its thread
   * @returns succeeded or failed, with what it printed; never unknown, never thrown
   */
  run(task: CodeTask & { readonly workspaceId: string }, signal?: AbortSignal): Promise<AttemptOutcome>;
  /** Ends all threads; what still runs or waits fails as transient. */
  close(): Promise<void>;
}

export interface SandboxOptions {
  /** Threads at most; they are started when there is work for them. */
  readonly size: number;
  readonly log: Log;
}

const require = createRequire(import.meta.url);

/** The engine's own heap and that of parsing; what code may use is bounded elsewhere. */
const threadHeapMb = 256;
/** The engine recurses on this stack; its own limit has to be the one that is met first. */
const threadStackMb = 16;

/** An evaluation, from its arrival to its answer. */
interface Job {
  readonly assignment: Assignment;
  readonly logs: LogLine[];
  readonly answer: (outcome: AttemptOutcome) => void;
}

interface Thread {
  readonly worker: Worker;
  isReady: boolean;
  job: Job | null;
  alarm: NodeJS.Timeout | null;
}

export function createSandbox({ size, log }: SandboxOptions): Sandbox {
  return new Pool(size, log);
}

class Pool implements Sandbox {
  private readonly threads = new Set<Thread>();
  /** By workspace, in the order of their turns. */
  private readonly queues = new Map<string, Job[]>();
  private waiting = 0;
  private nextId = 1;
  private isClosed = false;
  private wasmModule: WebAssembly.Module | null = null;

  constructor(
    private readonly size: number,
    private readonly log: Log,
  ) {}

  run(task: CodeTask & { readonly workspaceId: string }, signal?: AbortSignal): Promise<AttemptOutcome> {
    const { workspaceId, source, timeoutMs, nowMs, seed } = task;
    if (this.isClosed || signal?.aborted) return Promise.resolve(stopped([]));
    if (this.waiting >= limits.codeQueue) {
      const message = `${limits.codeQueue} evaluations wait already. It was not started.`;
      return Promise.resolve(failed({ code: 'code.busy', message }, []));
    }
    const input = JSON.stringify(task.input);
    if (input.length > limits.codeMemoryBytes / 8) {
      const message = `The input is larger than ${limits.codeMemoryBytes / 8 / 1024 / 1024} MiB, too large to compute with.`;
      return Promise.resolve(failed({ code: 'code.outOfMemory', message }, []));
    }
    return new Promise((resolve) => {
      const assignment = { id: this.nextId, workspaceId, source, input, timeoutMs, nowMs, seed };
      this.nextId += 1;
      const job: Job = {
        assignment,
        logs: [],
        answer: (outcome) => {
          signal?.removeEventListener('abort', abandon);
          resolve(outcome);
        },
      };
      const abandon = (): void => this.abandon(job);
      signal?.addEventListener('abort', abandon, { once: true });
      const queue = this.queues.get(workspaceId);
      if (queue === undefined) this.queues.set(workspaceId, [job]);
      else queue.push(job);
      this.waiting += 1;
      this.serve();
    });
  }

  async close(): Promise<void> {
    this.isClosed = true;
    const queued = [...this.queues.values()].flat();
    this.queues.clear();
    this.waiting = 0;
    for (const job of queued) job.answer(stopped(job.logs));
    await Promise.all(
      [...this.threads].map((thread) => {
        const { job } = thread;
        const ended = this.end(thread);
        job?.answer(stopped(job.logs));
        return ended;
      }),
    );
  }

  /** Gives free threads work, and starts threads while there is more work than threads. */
  private serve(): void {
    for (const thread of this.threads) {
      if (this.waiting === 0) return;
      if (thread.isReady && thread.job === null) this.assign(thread, this.takeNext());
    }
    const starting = [...this.threads].filter((thread) => !thread.isReady).length;
    for (let count = starting; count < this.waiting && this.threads.size < this.size; count += 1) this.start();
  }

  /** The next job: workspaces take turns, so that one with a thousand evaluations delays another by one. */
  private takeNext(): Job | null {
    for (const [workspaceId, queue] of this.queues) {
      const job = queue.shift() ?? null;
      this.queues.delete(workspaceId);
      if (queue.length > 0) this.queues.set(workspaceId, queue);
      if (job === null) continue;
      this.waiting -= 1;
      return job;
    }
    return null;
  }

  private assign(thread: Thread, job: Job | null): void {
    if (job === null) return;
    const { timeoutMs } = job.assignment;
    thread.job = job;
    // A process may end while its threads have nothing to do, not while somebody waits for them.
    thread.worker.ref();
    thread.alarm = setTimeout(() => this.kill(thread), timeoutMs + limits.codeKillMarginMs);
    thread.worker.postMessage(job.assignment);
  }

  private start(): void {
    // Known at once, so that a burst of work does not start more threads than there may be.
    const thread: Thread = { worker: this.open(), isReady: false, job: null, alarm: null };
    this.threads.add(thread);
    thread.worker.on('message', (message: ThreadMessage) => this.hear(thread, message));
    thread.worker.on('error', (error) => this.broke(thread, error));
    thread.worker.on('exit', () => this.broke(thread, new Error('the thread ended')));
  }

  private open(): Worker {
    this.wasmModule ??= new WebAssembly.Module(
      readFileSync(require.resolve('@jitl/quickjs-wasmfile-release-sync/wasm')),
    );
    return new Worker(new URL('./start-thread.mjs', import.meta.url), {
      workerData: { wasmModule: this.wasmModule },
      execArgv: [],
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: threadHeapMb, stackSizeMb: threadStackMb },
    });
  }

  private hear(thread: Thread, message: ThreadMessage): void {
    if (message.type === 'ready') {
      thread.isReady = true;
      thread.worker.unref();
      this.serve();
      return;
    }
    const { job } = thread;
    if (job === null || job.assignment.id !== message.id) return;
    if (message.type === 'printed') {
      keep(job.logs, message.line);
      return;
    }
    this.release(thread);
    this.serve();
    job.answer(outcomeOf(message.verdict, job.logs));
  }

  private release(thread: Thread): void {
    if (thread.alarm !== null) clearTimeout(thread.alarm);
    thread.alarm = null;
    thread.job = null;
    thread.worker.unref();
  }

  /** Its time and the margin are over: it is in the middle of something that nothing inside can interrupt. */
  private kill(thread: Thread): void {
    const { job } = thread;
    void this.end(thread);
    const timeoutMs = job?.assignment.timeoutMs ?? 0;
    this.log.warn({ workspaceId: job?.assignment.workspaceId, timeoutMs }, 'a sandbox thread was ended');
    job?.answer(failed({ code: 'code.timedOut', message: `The code ran longer than its ${timeoutMs} ms.` }, job.logs));
    this.serve();
  }

  /** The thread died by itself. */
  private broke(thread: Thread, error: Error): void {
    if (!this.threads.has(thread)) return;
    const { job, isReady } = thread;
    void this.end(thread);
    this.log.error({ err: error, workspaceId: job?.assignment.workspaceId }, 'a sandbox thread died');
    if (job !== null) job.answer(failed(faultOfDeath(error), job.logs));
    // One that cannot even start would be started for ever; who waits is told.
    if (!isReady) this.failWaiting();
    this.serve();
  }

  private failWaiting(): void {
    const queued = [...this.queues.values()].flat();
    this.queues.clear();
    this.waiting = 0;
    for (const job of queued) {
      job.answer(failed({ code: 'code.crashed', message: 'The sandbox could not be started.' }, job.logs));
    }
  }

  private abandon(job: Job): void {
    const { workspaceId } = job.assignment;
    const queue = this.queues.get(workspaceId) ?? [];
    const at = queue.indexOf(job);
    if (at >= 0) {
      queue.splice(at, 1);
      this.waiting -= 1;
      if (queue.length === 0) this.queues.delete(workspaceId);
    }
    const thread = [...this.threads].find((busy) => busy.job === job);
    if (thread !== undefined) void this.end(thread);
    job.answer(stopped(job.logs));
    this.serve();
  }

  private async end(thread: Thread): Promise<void> {
    this.threads.delete(thread);
    this.release(thread);
    await thread.worker.terminate();
  }
}

/** Bounded inside already, the line that says so included; on this side nothing from there is believed. */
function keep(logs: LogLine[], line: LogLine): void {
  if (logs.length <= limits.codeLogLines) logs.push(line);
}

const failed = ({ code, message, details }: CodeFault, logs: readonly LogLine[]): AttemptOutcome => ({
  type: 'failed',
  error: { code, message, isRetryable: code === 'code.busy', ...(details === undefined ? {} : { details }) },
  ...(logs.length === 0 ? {} : { logs }),
});

const stopped = (logs: readonly LogLine[]): AttemptOutcome =>
  failed({ code: 'code.busy', message: 'The sandbox was stopped before the code had ended.' }, logs);

function outcomeOf(verdict: Verdict, logs: readonly LogLine[]): AttemptOutcome {
  if ('fault' in verdict) return failed(verdict.fault, logs);
  const output: unknown = secureJson.parse(verdict.output, null, {
    protoAction: 'remove',
    constructorAction: 'remove',
  });
  return { type: 'succeeded', output: output as JsonValue, port: 'out', ...(logs.length === 0 ? {} : { logs }) };
}

function faultOfDeath(error: Error): CodeFault {
  const isMemory = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
  return isMemory
    ? { code: 'code.outOfMemory', message: 'The code needs more memory than the sandbox has.' }
    : { code: 'code.crashed', message: 'The sandbox ended while it ran the code.' };
}
