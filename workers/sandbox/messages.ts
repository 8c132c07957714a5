/** What the pool and its threads say to each other, and the verdicts that several of them give. */
import type { ErrorCode } from '@/core/errors';
import type { LogLine } from '@/core/steps/contract';

/** One evaluation, as a thread gets it. */
export interface Assignment {
  readonly id: number;
  readonly workspaceId: string;
  readonly source: string;
  /** JSON text. */
  readonly input: string;
  readonly timeoutMs: number;
  readonly nowMs: number;
  readonly seed: string;
}

/** Where in the source; from 1. */
export type Place = { readonly line: number; readonly column: number };

export interface CodeFault {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details?: Place;
}

/** What came of one: the output as JSON text, or why there is none. */
export type Verdict = { readonly output: string } | { readonly fault: CodeFault };

export type ThreadMessage =
  | { readonly type: 'ready' }
  /** Sent as it is printed, so that it is known even when the thread has to be ended. */
  | { readonly type: 'printed'; readonly id: number; readonly line: LogLine }
  | { readonly type: 'done'; readonly id: number; readonly verdict: Verdict };

export const fault = (code: ErrorCode, message: string, details?: Place): Verdict => ({
  fault: { code, message, ...(details === undefined ? {} : { details }) },
});

export const outOfMemory = (limitBytes: number, details?: Place): Verdict =>
  fault(
    'code.outOfMemory',
    `The code needs more than the ${limitBytes / 1024 / 1024} MiB of memory it may have.`,
    details,
  );

export const tooDeep = (details?: Place): Verdict =>
  fault('code.tooDeep', 'The code is nested, or calls itself, too deeply.', details);
