/** What every embedded server looks like to those who start it, so that the supervisor can treat them alike. */

export interface ServerHandle {
  /** Connection address including the password. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Settles when the process ended for whatever reason, with one line about how. */
  readonly exited: Promise<string>;
  /** Ends the server in an orderly way, by force after `graceMs`, and returns when it is gone. */
  stop(graceMs?: number): Promise<void>;
}

/** How long an orderly end may take before force is used: a final checkpoint of a busy server takes seconds. */
export const serverGraceMs = 20_000;
