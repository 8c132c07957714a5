/**
 * Named places where a test may make this process die. Inert in production: without configuration `faultPoint` is an
 * empty function call. Refuses everything but SIGKILL, because a crash leaves no time for manners.
 */
export const faultPointNames = [
  /** The run is loaded and owned; nothing of this wake-up is journalled. */
  'before-intent',
  /** The intent is durable; the call has not left. */
  'after-intent',
  /** The call returned; its outcome is not journalled. */
  'after-effect',
  /** The outcome is durable; the queue has not heard of it. */
  'after-journal',
] as const;
export type FaultPointName = (typeof faultPointNames)[number];

let armed: { readonly name: FaultPointName; readonly notBeforeMs: number } | null = null;

/**
 * Arms one fault point: `name` or `name@ms`, where `ms` is how long the process lives at least from now.
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
  armed = { name: known, notBeforeMs: performance.now() + Number(ms) };
}

/** Dies here if this point is armed and due. */
export function faultPoint(name: FaultPointName): void {
  if (armed === null || armed.name !== name || performance.now() < armed.notBeforeMs) return;
  process.kill(process.pid, 'SIGKILL');
  // The signal is delivered asynchronously; nothing after this point may happen.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}
