/**
 * Runs the whole product for a test, with the same program a person runs (`npm start`), on a data directory and a
 * port of its own. Refuses to know anything about the inside: what it sees is output, exit code and HTTP.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A first start may install, build and migrate. */
const readyTimeoutMs = 5 * 60_000;

export interface HeadraceProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** Everything it has written so far, both streams. */
  readonly output: () => string;
  /** Waits until the output contains `text`. @throws Error with the output when the process ends first */
  readonly untilOutput: (text: string | RegExp, timeoutMs?: number) => Promise<void>;
  /** Its exit code, or the name of the signal that ended it. */
  readonly exited: Promise<number | string>;
  /** Sends SIGTERM (or another signal) and waits for the end. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<number | string>;
}

export interface HeadraceOptions {
  readonly dataDir: string;
  readonly port: number;
  /** Further variables; undefined removes one that this process has. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Starts `npm start`'s program and returns at once. */
export function spawnHeadrace(options: HeadraceOptions): HeadraceProcess {
  const env = childEnvironment({
    HEADRACE_DATA_DIR: options.dataDir,
    PORT: String(options.port),
    ...options.env,
  });
  const child = spawn(process.execPath, ['scripts/start.mjs'], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env });
  let text = '';
  const listeners = new Set<() => void>();
  const changed = (): void => {
    for (const listener of [...listeners]) listener();
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      changed();
    });
  }
  let isGone = false;
  const exited = new Promise<number | string>((resolve) => {
    // "close" comes after the last output, "exit" may come before it.
    child.once('close', (code, signal) => {
      isGone = true;
      resolve(signal ?? code ?? -1);
      changed();
    });
  });
  const untilOutput = (wanted: string | RegExp, timeoutMs = readyTimeoutMs): Promise<void> =>
    new Promise((resolve, reject) => {
      const finish = (settle: () => void): void => {
        listeners.delete(check);
        clearTimeout(timer);
        settle();
      };
      const fail = (why: string) => () => reject(new Error(`${why} before it wrote ${wanted}:\n${text}`));
      const timer = setTimeout(() => finish(fail('the time ran out')), timeoutMs);
      const check = (): void => {
        if (typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text)) finish(resolve);
        else if (isGone) finish(fail('Headrace ended'));
      };
      listeners.add(check);
      check();
    });
  return {
    url: `http://127.0.0.1:${options.port}`,
    child,
    output: () => text,
    untilOutput,
    exited,
    stop: (signal = 'SIGTERM') => {
      if (!isGone) child.kill(signal);
      return exited;
    },
  };
}

/** Starts Headrace and waits until it is ready. Ends it when that fails. */
export async function startHeadrace(options: HeadraceOptions): Promise<HeadraceProcess> {
  const headrace = spawnHeadrace(options);
  try {
    await headrace.untilOutput('Headrace is ready');
    return headrace;
  } catch (error) {
    await headrace.stop();
    throw error;
  }
}

/** What this process was given, without what would configure Headrace or give away that a test runner is here. */
function childEnvironment(extra: Readonly<Record<string, string | undefined>>): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(HEADRACE_|DATABASE_URL$|REDIS_URL$|HOST$|NODE_ENV$|VITEST|NODE_OPTIONS$|TEST$)/.test(name),
  );
  const env = { ...Object.fromEntries(own), ...extra };
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined)) as NodeJS.ProcessEnv;
}
