/**
 * The vocabulary of a run: statuses, journal entries and the state they fold into. Entries are facts in the past tense,
 * each with a version, because journals of this release are folded by every later one. Refuses behaviour: deciding is in
 * `decide.ts`, folding in `evolve.ts`.
 */
import type { JsonValue } from '@/core/json';
import type { StepError, WebhookAnswer } from '@/core/steps/contract';

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

/** Why a run is not moving, and what a person can do about it. */
export interface RunReason {
  readonly code: 'retry' | 'paused' | 'blocked.unknown' | 'timer' | 'event' | 'approval' | 'child' | 'lane';
  readonly message: string;
  readonly sinceMs: number;
  readonly untilMs?: number;
  readonly stepId?: string;
  readonly actions?: readonly string[];
}

interface Entry<Type extends string> {
  readonly type: Type;
  /** Version of this entry's shape. */
  readonly v: 1;
  /** When it happened, in milliseconds since the epoch, by the owner's clock. */
  readonly atMs: number;
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
/** Dead paths: every incoming edge was resolved and none was taken. */
export interface StepsSkipped extends Entry<'steps.skipped'> {
  readonly stepIds: readonly string[];
}
/** Steps that will not be tried again because the run is failing or was cancelled. */
export interface StepsCancelled extends Entry<'steps.cancelled'> {
  readonly stepIds: readonly string[];
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
  /** Whether an unknown end of this attempt may be followed by another with the same key. */
  readonly retriesUnknown: boolean;
  readonly isLost: boolean;
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
  readonly answer: WebhookAnswer | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly cancel: { readonly actor: string; readonly reason: string | null } | null;
}
