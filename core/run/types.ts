/**
 * The vocabulary of a run: statuses, journal entries and the state they fold into. Entries are facts in the past tense,
 * each with a version, because journals of this release are folded by every later one. Refuses behaviour: deciding is in
 * `decide.ts`, folding in `evolve.ts`.
 */
import type { JsonObject, JsonValue } from '@/core/json';
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

interface Entry<Type extends string> {
  readonly type: Type;
  /** Version of this entry's shape. */
  readonly v: 1;
  /** When it happened, in milliseconds since the epoch, by the owner's clock. */
  readonly atMs: number;
  /** The iteration it happened in, such as `lines[3]`; absent when in none. The rest of the entry is relative to it. */
  readonly path?: string;
}

/** The trigger has fired. Its output is the data of the run's event, which is not copied into the journal. */
export interface RunStarted extends Entry<'run.started'> {
  readonly triggerStep: string;
  readonly tags: Readonly<Record<string, string>>;
}
/** The intent: journalled before the effect leaves. Pure steps have none; they go straight to their outcome. */
export interface StepStarted extends Entry<'step.started'> {
  readonly stepId: string;
  readonly attempt: number;
  readonly input: JsonValue;
  readonly idempotencyKey: string;
  readonly deadlineAtMs: number;
  readonly effect: 'safe' | 'idempotent' | 'once';
  readonly retriesUnknown: boolean;
}
export interface StepSucceeded extends Entry<'step.succeeded'> {
  readonly stepId: string;
  readonly attempt: number;
  /** Resolved config; absent when `step.started` already holds it. */
  readonly input?: JsonValue;
  readonly startedAtMs: number;
  readonly output: JsonValue;
  readonly port: string;
  readonly answer?: WebhookAnswer;
  /** What the code of the step printed. */
  readonly logs?: readonly LogLine[];
  /** Of a step that waited: what ended the wait. */
  readonly endedBy?: WaitEnd;
}
/** An attempt that certainly had no accepted effect. `retryAtMs` null: it was the last. */
export interface StepAttemptFailed extends Entry<'step.attemptFailed'> {
  readonly stepId: string;
  readonly attempt: number;
  readonly input?: JsonValue;
  readonly startedAtMs: number;
  readonly error: StepError;
  readonly retryAtMs: number | null;
  /** Final, and the step's own error port is drawn: the run goes on there. */
  readonly isCaught: boolean;
  readonly logs?: readonly LogLine[];
  readonly endedBy?: WaitEnd;
}
/** What ended a wait. */
export type WaitEnd =
  | { readonly by: 'event'; readonly position: number }
  | { readonly by: 'person'; readonly actor: string }
  | { readonly by: 'child'; readonly runId: string }
  | { readonly by: 'time' };
/** An attempt whose effect is not known. `isLost`: its worker was lost, so it does not count as a try. */
export interface StepAttemptUnknown extends Entry<'step.attemptUnknown'> {
  readonly stepId: string;
  readonly attempt: number;
  readonly startedAtMs: number;
  readonly error: StepError;
  readonly isLost: boolean;
  /** null: attempts are exhausted and the run is blocked. */
  readonly retryAtMs: number | null;
}
/** A step that waits: nothing happens before that instant. */
export interface StepWaiting extends Entry<'step.waiting'> {
  readonly stepId: string;
  readonly attempt: number;
  readonly input: JsonValue;
  readonly untilMs: number;
}
/** A step that waits for something from outside. Its row is written together with this entry. */
export interface WaitStarted extends Entry<'wait.started'> {
  readonly stepId: string;
  readonly attempt: number;
  readonly input: JsonValue;
  /** Unique for all time; whoever ends the wait names it. */
  readonly waitId: string;
  readonly awaits: Wait;
  /** null: for as long as it takes. */
  readonly untilMs: number | null;
}
/** A step has waited for its child as long as it may. The child is asked to stop, and its end is still awaited. */
export interface WaitOverrun extends Entry<'wait.overrun'> {
  readonly stepId: string;
  readonly waitId: string;
}
/** What a wait is for, without what its input says already. */
export type Wait =
  | Pick<Extract<Awaited, { on: 'event' }>, 'on' | 'eventType' | 'key'>
  | Pick<Extract<Awaited, { on: 'approval' }>, 'on' | 'title' | 'assignee'>
  | { readonly on: 'child'; readonly runId: string; readonly flowId: string };
/** A container opened: the steps in it may run. */
export interface ScopeEntered extends Entry<'scope.entered'> {
  readonly stepId: string;
}
/** A loop opened: its steps run once per item. The items stand in its input. */
export interface LoopStarted extends Entry<'loop.started'> {
  readonly stepId: string;
  readonly input: JsonObject;
  readonly concurrency: number;
  readonly onError: 'stop' | 'continue';
}
export interface IterationStarted extends Entry<'iteration.started'> {
  readonly stepId: string;
  readonly index: number;
}
/** `undone`: it had succeeded, and was undone later because something around it failed. */
export interface IterationEnded extends Entry<'iteration.ended'> {
  readonly stepId: string;
  readonly index: number;
  readonly outcome: 'succeeded' | 'failed' | 'compensated' | 'undone';
  readonly output?: JsonValue;
  readonly error?: StepError;
  /** Its steps may still be undone, or be taken over when the run is done again. Else they are forgotten here. */
  readonly isKept: boolean;
}
/** An iteration that succeeded begins to be undone. */
export interface IterationUndoing extends Entry<'iteration.undoing'> {
  readonly stepId: string;
  readonly index: number;
  readonly error: StepError;
}
/**
 * A scope has begun to fail: none of its steps begins any more, what is in flight is awaited. `isForced`: a person
 * decided it, and not even a pivot keeps its steps from being undone.
 */
export interface ScopeFailed extends Entry<'scope.failed'> {
  /** A container's id; empty for the flow itself. */
  readonly scope: string;
  /** The step whose failure it is; null when the whole run was cancelled or ran out of time. */
  readonly stepId: string | null;
  readonly error: StepError;
  readonly isForced: boolean;
}
/** What was in flight has settled, and the scope undoes these steps, in the order of their completion. */
export interface ScopeCompensating extends Entry<'scope.compensating'> {
  readonly scope: string;
  readonly stepIds: readonly string[];
}
/** Everything that completed after this step is undone; now the step itself is. */
export interface CompensationStarted extends Entry<'compensation.started'> {
  /** The scope that undoes it: the one that failed, which may be further out than its own. */
  readonly scope: string;
  readonly stepId: string;
}
/** The step is undone; or, `isSkipped`, a person decided that its effect stays. */
export interface CompensationCompleted extends Entry<'compensation.completed'> {
  readonly scope: string;
  readonly stepId: string;
  readonly isSkipped: boolean;
}
/**
 * The pivot was on its way when the run was cancelled or ran out of time, and has completed: nothing is undone any more,
 * so the run goes forward.
 */
export interface ScopeResumed extends Entry<'scope.resumed'> {
  readonly scope: string;
}
/** A container has failed, and has undone what it could. */
export interface ScopeEnded extends Entry<'scope.ended'> {
  readonly stepId: string;
  /** The scope around it. */
  readonly scope: string;
  readonly error: StepError;
  /** Its own error port is drawn: the run goes on there. */
  readonly isCaught: boolean;
}
/** What a person decided about a step that held the run. */
export interface StepResolved extends Entry<'step.resolved'> {
  readonly stepId: string;
  readonly action: ResolveAction;
  readonly actor: string;
  /** Of the action `output`. */
  readonly output?: JsonValue;
  /** Whether another try carries the same idempotency key: its last outcome is unknown, not failed. */
  readonly keepsKey: boolean;
}
/**
 * The outcome of a step in an earlier run that still stands, taken over by a retry or rerun. A caught failure stands, too,
 * and in a container that is taken over whole every member does as it ended.
 */
export interface StepsReused extends Entry<'steps.reused'> {
  readonly fromRunId: string;
  readonly stepId: string;
  readonly status: StepStatus;
  readonly port: string | null;
  readonly output?: JsonValue;
  readonly error?: StepError;
}
/**
 * Iterations of an earlier run that a retry or rerun takes over, by index. One whose item is another now is worked on
 * anew.
 */
export interface IterationsReused extends Entry<'iterations.reused'> {
  readonly stepId: string;
  readonly fromRunId: string;
  /** A {@link LoopSeed}; under this name because it may be large. */
  readonly output: JsonValue;
}
/** Generations of idempotency keys that a retry keeps, because the outcome under them is unknown. */
export interface KeysKept extends Entry<'keys.kept'> {
  readonly fromRunId: string;
  readonly generations: Readonly<Record<string, string>>;
}
/** The outcome of a step is unknown, and the step that finds out begins. */
export interface ReconcileStarted extends Entry<'reconcile.started'> {
  readonly stepId: string;
  readonly withStepId: string;
}
/** What was found out: it happened, it certainly did not, or that could not be told either. */
export interface StepReconciled extends Entry<'step.reconciled'> {
  readonly stepId: string;
  readonly attempt: number;
  readonly outcome: 'happened' | 'didNotHappen' | 'undecided';
  /** Of what happened. */
  readonly output?: JsonValue;
  /** Of what did not happen: when it is tried again, null for never. */
  readonly retryAtMs: number | null;
  readonly isCaught: boolean;
}
/** The run took longer than the flow allows. Past the pivot nothing follows from it: the run can only go forward. */
export interface RunTimedOut extends Entry<'run.timedOut'> {
  readonly isPastPivot: boolean;
}
/** The run stands still until a person decides. Its time limit pauses. */
export interface RunBlocked extends Entry<'run.blocked'> {
  readonly stepId: string;
  /** The iteration the step is in. */
  readonly in?: string;
  readonly code: RunReason['code'];
}
/** The run failed, and everything it was asked to undo is undone. */
export interface RunCompensated extends Entry<'run.compensated'> {
  readonly stepId: string | null;
  readonly error: StepError;
}
/** Dead paths: every incoming edge was resolved and none was taken. */
export interface StepsSkipped extends Entry<'steps.skipped'> {
  readonly stepIds: readonly string[];
}
/** Steps that will not be tried again because the run is failing or was cancelled. */
export interface StepsCancelled extends Entry<'steps.cancelled'> {
  readonly stepIds: readonly string[];
  /** What loops among them undid by themselves, counted for this scope. */
  readonly scope?: string;
  readonly undone?: number;
  readonly undoSkipped?: number;
}
export interface CancelRequested extends Entry<'run.cancelRequested'> {
  readonly actor: string;
  readonly reason: string | null;
}
export interface RunSucceeded extends Entry<'run.succeeded'> {
  readonly output: JsonValue;
}
export interface RunFailed extends Entry<'run.failed'> {
  readonly stepId: string | null;
  readonly error: StepError;
}
export interface RunCancelled extends Entry<'run.cancelled'> {
  readonly actor: string;
  readonly reason: string | null;
}
export interface RunTerminated extends Entry<'run.terminated'> {
  readonly actor: string;
  readonly reason: string | null;
}

export type JournalEntry =
  | RunStarted
  | StepStarted
  | StepSucceeded
  | StepAttemptFailed
  | StepAttemptUnknown
  | StepWaiting
  | WaitStarted
  | WaitOverrun
  | ScopeEntered
  | LoopStarted
  | IterationStarted
  | IterationEnded
  | IterationUndoing
  | ScopeFailed
  | ScopeCompensating
  | CompensationStarted
  | CompensationCompleted
  | ScopeEnded
  | ScopeResumed
  | StepResolved
  | StepsReused
  | IterationsReused
  | KeysKept
  | ReconcileStarted
  | StepReconciled
  | RunTimedOut
  | RunBlocked
  | RunCompensated
  | StepsSkipped
  | StepsCancelled
  | CancelRequested
  | RunSucceeded
  | RunFailed
  | RunCancelled
  | RunTerminated;

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
  readonly effect: StepStarted['effect'] | null;
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
