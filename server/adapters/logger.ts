/**
 * Structured logs: one JSON object per line on standard output, with the level as a word. Fields whose name says that
 * they hold a credential are replaced at every depth before anything is written; the logger refuses to rely on
 * callers to remember that. It cannot recognise a secret inside free text: messages are written by us and carry none.
 */
import pino from 'pino';

export type Logger = pino.Logger;

/** The part of a process that writes; `web`, `worker` and so on. */
export interface LoggerSettings {
  readonly logLevel: pino.LevelWithSilent;
}

const redacted = '[redacted]';

/** Levels of nesting that are searched; log objects are flat by custom, deeper values are cut. */
const depthMax = 8;

/** Names that end in one of these hold a credential: `x-api-key`, `ownerPassword`, `set-cookie`, `databaseUrl`. */
const secretName =
  /(authorization|cookie|password|passwd|secret|token|credentials?|signature|(api|private|encryption|access)[-_]?key|database[-_]?url|redis[-_]?url)s?$/i;

/** Exactly these hold one too, though as an ending they would catch harmless names (`idempotencyKey`, `monkey`). */
const secretWord = /^(key|pwd|auth|connectionString)$/i;

/**
 * @param env the level
 * @param role of this process, written into every line
 * @param destination receives the lines; standard output unless given
 */
export function createLogger(env: LoggerSettings, role: string, destination?: pino.DestinationStream): Logger {
  const options: pino.LoggerOptions = {
    level: env.logLevel,
    base: { role, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    messageKey: 'message',
    errorKey: 'error',
    formatters: {
      level: (label) => ({ level: label }),
      log: (facts) => withoutSecrets(facts, 0) as Record<string, unknown>,
      bindings: (facts) => withoutSecrets(facts, 0) as Record<string, unknown>,
    },
    serializers: { error: serializeError, err: serializeError },
  };
  const logger = destination === undefined ? pino(options) : pino(options, destination);
  // pino does not pass the bindings of a child through the formatter; children inherit this method.
  const { child } = logger;
  logger.child = function redactingChild(this: Logger, bindings: pino.Bindings, ...rest: never[]) {
    return child.call(this, withoutSecrets(bindings, 0) as pino.Bindings, ...rest);
  } as typeof child;
  return logger;
}

const isSecret = (name: string): boolean => secretName.test(name) || secretWord.test(name);

/** A copy of plain objects and arrays without credentials; everything else is passed through for pino to write. */
function withoutSecrets(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return withoutUrlPassword(value);
  if (value instanceof Error) return serializeError(value, depth);
  if (value === null || typeof value !== 'object') return value;
  if (depth >= depthMax) return '[too deep]';
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, depth + 1));
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      item !== undefined && item !== null && isSecret(name) ? redacted : withoutSecrets(item, depth + 1),
    ]),
  );
}

/** `scheme://user:password@host` in any text, which error messages of drivers like to quote. */
const withoutUrlPassword = (text: string): string =>
  text.replaceAll(/([a-z][a-z0-9+.-]*:\/\/[^\s/:@]*):[^\s/@]+@/gi, `$1:${redacted}@`);

/** Errors as data: what kind, which code, where, and the chain of causes. */
function serializeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return withoutSecrets(error, depth);
  if (depth >= depthMax) return '[too deep]';
  const { name, message, stack, cause, ...own } = error as Error & Record<string, unknown>;
  return {
    type: name,
    message: withoutUrlPassword(message),
    ...(withoutSecrets(own, depth + 1) as object),
    stack: withoutUrlPassword(stack ?? ''),
    ...(cause === undefined ? {} : { cause: serializeError(cause, depth + 1) }),
  };
}
