/**
 * The vocabulary of a run: statuses, what a run waits for, and the state that its journal folds into. Refuses behaviour:
 * deciding is in `decide.ts`, folding in `evolve.ts`; the entries of the journal are in `entries.ts`.
 */
import type { JsonValue } from '@/core/json';
import type { SparseList } from '@/core/run/sparse-list';
import type { Awaited, LogLine, StepError, WebhookAnswer } from '@/core/steps/contract';

export const runStatuses = [
  'queued',
  'running',
  'waiting',
  'compensating',
  'blocked',
  'succeeded',
  'failed',
  'compensated',
  'cancelled',
  'terminated',
] as const;
export type RunStatus = (typeof runStatuses)[number];

const terminal: ReadonlySet<RunStatus> = new Set(['succeeded', 'failed', 'compensated', 'cancelled', 'terminated']);
/** A run reaches exactly one terminal status and stays there. */
export const isTerminal = (status: RunStatus): boolean => terminal.has(status);

export const stepStatuses = [
  'pending',
  'running',
  'waiting',
  'succeeded',
  'failed',
  'skipped',
  'unknown',
  'compensating',
  'compensated',
  'cancelled',
] as const;
export type StepStatus = (typeof stepStatuses)[number];

const settled: ReadonlySet<StepStatus> = new Set(['succeeded', 'failed', 'skipped', 'compensated', 'cancelled']);
/** Whether the step will not act again in this run. */
export const isSettled = (status: StepStatus): boolean => settled.has(status);

/** What a person can do about a step that holds its run. `answer` is for steps that ask a person. */
export const resolveActions = ['retry', 'skip', 'output', 'compensate', 'answer'] as const;
export type ResolveAction = (typeof resolveActions)[number];

/** Why a run is not moving, and what a person can do about it. */
export interface RunReason {
  readonly code:
    | 'retry'
    | 'paused'
    | 'blocked.unknown'
    | 'blocked.compensation'
    | 'blocked.pastPivot'
    | 'timer'
    | 'event'
    | 'approval'
    | 'child'
    | 'lane';
  readonly message: string;
  readonly sinceMs: number;
  readonly untilMs?: number;
  readonly stepId?: string;
  /** The iteration the step is in; absent when in none. */
  readonly path?: string;
  /** The run it waits for, where it waits for one. */
  readonly runId?: string;
  readonly actions?: readonly string[];
}

/** What ended a wait. */
export type WaitEnd =
  | { readonly by: 'event'; readonly position: number }
  | { readonly by: 'person'; readonly actor: string }
  | { readonly by: 'child'; readonly runId: string }
  | { readonly by: 'time' };

/** What a wait is for, without what its input says already. */
export type Wait =
  | Pick<Extract<Awaited, { on: 'event' }>, 'on' | 'eventType' | 'key'>
  | Pick<Extract<Awaited, { on: 'approval' }>, 'on' | 'title' | 'assignee'>
  | { readonly on: 'child'; readonly runId: string; readonly flowId: string };

/** What a call may leave behind in the world. */
export type CallEffect = 'safe' | 'idempotent' | 'once';

export interface AttemptState {
  readonly n: number;
  readonly status: 'running' | 'succeeded' | 'failed' | 'unknown';
  readonly startedAtMs: number;
  readonly finishedAtMs: number | null;
  readonly input: JsonValue;
  readonly output: JsonValue | null;
  readonly error: StepError | null;
  readonly idempotencyKey: string | null;
  /** What the call may leave behind; null of steps that make none. */
  readonly effect: CallEffect | null;
  /** Whether an unknown end of this attempt may be followed by another with the same key. */
  readonly retriesUnknown: boolean;
  readonly isLost: boolean;
  /** What its code printed. */
  readonly logs: readonly LogLine[];
  /** Of an attempt that waited for something from outside. */
  readonly endedBy: WaitEnd | null;
}

/** A wait that goes on. */
export interface WaitState {
  readonly id: string;
  readonly awaits: Wait;
  readonly sinceMs: number;
  /** Its time is over, and what it waits for was asked to stop. */
  readonly isOverdue: boolean;
}

export interface StepState {
  readonly id: string;
  readonly status: StepStatus;
  readonly attempts: readonly AttemptState[];
  /** The port taken, once succeeded or once a drawn error port caught a failure. */
  readonly port: string | null;
  readonly output: JsonValue | undefined;
  readonly error: StepError | null;
  readonly startedAtMs: number | null;
  readonly finishedAtMs: number | null;
  /** When the next attempt is due. */
  readonly retryAtMs: number | null;
  /** Until when a delay lasts, or a wait at the longest. */
  readonly timerAtMs: number | null;
  /** What it waits for from outside, while it does. */
  readonly wait: WaitState | null;
  /** Of a loop that was entered. */
  readonly loop: LoopState | null;
  /** Attempts up to this number were before a person asked for more; they no longer count as tries. */
  readonly forgivenAttempts: number;
  /** How often the idempotency key was renewed within this run, because the outcome under the old one was a failure. */
  readonly keyRenewals: number;
  /** A person decided that its effect stays. */
  readonly isUndoSkipped: boolean;
  /** Another step is finding out what came of it. */
  readonly isReconciling: boolean;
  /** The attempt that was last asked about. */
  readonly reconciledAttempt: number;
  /** Where its output comes from, when an earlier run made it. */
  readonly reusedFrom: string | null;
}

/** What stands of the iterations of a loop in an earlier run, by index. */
export type LoopSeed = Readonly<Record<number, IterationSeed>>;
/** Either it is over, with nothing in it to undo, and has an output; or these of its steps stand. */
export interface IterationSeed {
  readonly item: JsonValue;
  readonly output?: JsonValue;
  readonly steps?: readonly ReusedStep[];
  readonly keptGenerations?: Readonly<Record<string, string>>;
  readonly loops?: Readonly<Record<string, LoopSeed>>;
}
/** The outcome of a step as a later run takes it over. */
export type ReusedStep = Pick<StepState, 'id' | 'status' | 'port' | 'output' | 'error'>;

/** How an iteration ended that is over. */
export type IterationOutcome =
  | { readonly type: 'succeeded'; readonly output: JsonValue }
  | { readonly type: 'failed' | 'compensated' | 'undone'; readonly error: StepError };

/** A loop that was entered. What is over is forgotten but for its outcome, so that a long list needs no more memory. */
export interface LoopState {
  readonly items: readonly JsonValue[];
  /** How many items there are; the items themselves are forgotten when the loop is over. */
  readonly total: number;
  readonly concurrency: number;
  readonly onError: 'stop' | 'continue';
  /** Index of the next iteration to start, unless it has an outcome already. */
  readonly next: number;
  /** What an earlier run left of iterations that have not begun yet. */
  readonly seeds: { readonly fromRunId: string; readonly seed: LoopSeed } | null;
  /** Iterations under way by index, forward or being undone: each the state of a run of its own. */
  readonly active: Readonly<Record<number, RunState>>;
  /** Iterations that are over and whose steps may still be undone, or stand when the run is done again. */
  readonly kept: SparseList<RunState>;
  readonly keptCount: number;
  readonly outcomes: SparseList<IterationOutcome>;
  /**
   * Where to look in the journal: number of the entry with which each 128th iteration began. Only of a loop of the run itself;
   * inside an iteration entries are counted otherwise.
   */
  readonly marks: readonly number[];
  readonly counts: Readonly<Record<IterationOutcome['type'], number>>;
  /** Size of all outputs so far as JSON text. */
  readonly outputLength: number;
}

/** A container that was entered, or the flow itself. */
export interface ScopeState {
  /** Why it fails; null while it goes forward. */
  readonly failure: {
    readonly stepId: string | null;
    readonly error: StepError;
    readonly isForced: boolean;
  } | null;
  readonly isCompensating: boolean;
  /** Steps undone for it, those of scopes within that failed it included. */
  readonly undone: number;
  readonly undoSkipped: number;
}

export interface RunState {
  readonly status: RunStatus;
  /** Number of entries folded. */
  readonly seq: number;
  /** Data of the event that started the run: the output of its trigger. */
  readonly eventData: JsonValue;
  readonly triggerStep: string | null;
  readonly steps: Readonly<Record<string, StepState>>;
  readonly startedAtMs: number | null;
  readonly finishedAtMs: number | null;
  readonly output: JsonValue | undefined;
  readonly error: StepError | null;
  readonly failedStep: string | null;
  /** By id, the flow itself under the empty one; scopes of which nothing is to be told are absent. */
  readonly scopes: Readonly<Record<string, ScopeState>>;
  readonly isTimedOut: boolean;
  /** Since when it stands blocked, and how long it did before. */
  readonly blockedSinceMs: number | null;
  readonly blockedMs: number;
  /** By step: generations that differ from the run's own. */
  readonly keptGenerations: Readonly<Record<string, string>>;
  /** By loop: iterations of an earlier run that stand, until the loop is entered. */
  readonly loopSeeds: Readonly<Record<string, { readonly fromRunId: string; readonly seed: LoopSeed }>>;
  readonly answer: WebhookAnswer | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly cancel: { readonly actor: string; readonly reason: string | null } | null;
}
