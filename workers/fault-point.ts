/**
 * Named places where a test may make this process die. Inert in production: without configuration `faultPoint` is an
 * empty function call. Refuses everything but SIGKILL, because a crash leaves no time for manners.
 */
export const faultPointNames = [
  /** The run is loaded and owned; nothing of this wake-up is journalled. */
  'before-intent',
  /** The intent is durable; the call has not left. */
  'after-intent',
  /** A wait is durable; what came before it has not been looked for. */
  'after-wait',
  /** The call returned; its outcome is not journalled. */
  'after-effect',
  /** The outcome is durable; the queue has not heard of it. */
  'after-journal',
  /** A run that is waited for has ended, durably; whoever waits does not know. */
  'before-telling',
  /** It is durable that children shall stop; they do not know. */
  'before-stopping',
] as const;
export type FaultPointName = (typeof faultPointNames)[number];

let armed: { readonly name: FaultPointName; readonly afterMs: number; firstPassMs: number | null } | null = null;

/**
 * Arms one fault point: `name`, or `name@ms`: then the process works for `ms` from its first pass before it dies at a later
 * one, so that every life gets something done.
 * @throws Error when the specification names no fault point
 */
export function armFaultPoint(specification: string): void {
  const [name, ms = '0'] = specification.split('@');
  const known = faultPointNames.find((candidate) => candidate === name);
  if (known === undefined || !/^\d+$/.test(ms)) {
    throw new Error(
      `HEADRACE_FAULT_POINTS must be one of ${faultPointNames.join(', ')}, optionally with @milliseconds.`,
    );
  }
  armed = { name: known, afterMs: Number(ms), firstPassMs: null };
}

/** Dies here if this point is armed and due. */
export function faultPoint(name: FaultPointName): void {
  if (armed === null || armed.name !== name) return;
  armed.firstPassMs ??= performance.now();
  if (performance.now() < armed.firstPassMs + armed.afterMs) return;
  process.kill(process.pid, 'SIGKILL');
  // The signal is delivered asynchronously; nothing after this point may happen.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}
