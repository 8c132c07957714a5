/**
 * Measuring processes: what generates load and what is compared with runs outside the benchmark's own process, so that
 * neither shares an event loop with the other or with the clock. Refuses to hide a child that died: whoever waits for
 * it gets the error.
 */
import { spawn } from 'node:child_process';
import type { Answer, Question } from '../processes/answer';

export interface Child {
  readonly pid: number;
  /** @throws Error with the child's own stack when it failed, or when it ended */
  ask<Output>(name: string, input?: unknown): Promise<Output>;
  stop(): Promise<void>;
}

interface Waiting {
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** @param script relative to bench/processes, without extension */
export async function startChild(script: string): Promise<Child> {
  const child = spawn(process.execPath, ['--import', 'tsx', `bench/processes/${script}.ts`], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  const exited = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      const error = new Error(`${script} ended with ${signal ?? `code ${code}`}`);
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
      resolve();
    });
  });
  const reply = (id: number): Promise<unknown> =>
    new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
  child.on('message', (message) => {
    const answer = message as Answer;
    const asked = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ('error' in answer) asked?.reject(new Error(answer.error));
    else asked?.resolve(answer.output);
  });
  await reply(0);
  return {
    pid: child.pid as number,
    async ask<Output>(name: string, input?: unknown): Promise<Output> {
      lastId += 1;
      const answer = reply(lastId);
      child.send({ id: lastId, name, input } satisfies Question);
      return (await answer) as Output;
    },
    async stop() {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}
