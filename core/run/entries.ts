/**
 * Journal entries: facts in the past tense, each with a version, because journals of this release are folded by every later
 * one. Long, because it is one list: whoever reads a journal finds every kind here. Refuses behaviour: deciding is in
 * `decide.ts`, folding in `evolve.ts`.
 */
import type { JsonObject, JsonValue } from '@/core/json';
import type { CallEffect, ResolveAction, RunReason, StepStatus, Wait, WaitEnd } from '@/core/run/types';
import type { LogLine, StepError, WebhookAnswer } from '@/core/steps/contract';

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
  readonly effect: CallEffect;
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
