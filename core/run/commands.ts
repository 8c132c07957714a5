/**
 * What a run can be told, as data. Time, ids, draws and evaluated values arrive inside: nothing that decides about a command
 * reads a clock. Refuses behaviour: `decide.ts` says what follows.
 */
import type { JsonObject, JsonValue } from '@/core/json';
import type { Cancel, Resolve } from '@/core/run/interventions';
import type { RunSeed } from '@/core/run/replan';
import type { Wait, WaitEnd } from '@/core/run/types';
import type { AttemptOutcome, WebhookAnswer } from '@/core/steps/contract';

export type RunCommand =
  | {
      readonly type: 'startRun';
      readonly atMs: number;
      readonly triggerStep: string;
      readonly tags: Readonly<Record<string, string>>;
    }
  /** The run does another one again, and takes over what stands of it. Comes right after it has started. */
  | ({ readonly type: 'seed'; readonly atMs: number } & RunSeed)
  | {
      readonly type: 'startAttempt';
      readonly atMs: number;
      readonly path?: string;
      readonly stepId: string;
      readonly input: JsonValue;
      readonly idempotencyKey: string;
      readonly timeoutMs: number;
      readonly effect: 'safe' | 'idempotent' | 'once';
      readonly retriesUnknown: boolean;
    }
  | {
      readonly type: 'settleAttempt';
      readonly atMs: number;
      readonly path?: string;
      readonly stepId: string;
      readonly startedAtMs: number;
      /** Resolved config, for steps that journalled no intent. */
      readonly input?: JsonValue;
      readonly outcome: AttemptOutcome;
      /** Uniform in [0, 1), for jitter. */
      readonly draw: number;
      readonly answer?: WebhookAnswer;
    }
  /** The next attempt of a delay: until then nothing happens. */
  | {
      readonly type: 'startTimer';
      readonly atMs: number;
      readonly path?: string;
      readonly stepId: string;
      readonly input: JsonValue;
      readonly untilMs: number;
    }
  /** A step begins to wait for something from outside. */
  | {
      readonly type: 'startWait';
      readonly atMs: number;
      readonly path?: string;
      readonly stepId: string;
      readonly input: JsonValue;
      readonly waitId: string;
      readonly awaits: Wait;
      readonly untilMs: number | null;
    }
  /** What a step waited for has come, or its time has. */
  | {
      readonly type: 'endWait';
      readonly atMs: number;
      readonly path?: string;
      readonly stepId: string;
      readonly waitId: string;
      readonly outcome: AttemptOutcome;
      readonly endedBy: WaitEnd;
    }
  /** A step has waited for its child as long as it may. */
  | {
      readonly type: 'overrunWait';
      readonly atMs: number;
      readonly path?: string;
      readonly stepId: string;
      readonly waitId: string;
    }
  /** A container is ready. */
  | { readonly type: 'enterScope'; readonly atMs: number; readonly path?: string; readonly stepId: string }
  /** A loop is ready. */
  | {
      readonly type: 'enterLoop';
      readonly atMs: number;
      readonly path?: string;
      readonly stepId: string;
      /** With the items under `items`. */
      readonly input: JsonObject;
      readonly concurrency: number;
      readonly onError: 'stop' | 'continue';
    }
  /** The time limit of the run has passed. */
  | { readonly type: 'timeOut'; readonly atMs: number }
  /** A person decides about a step that holds the run. */
  | Resolve
  /** A new owner found attempts that somebody else started: their outcome is unknown. */
  | { readonly type: 'loseAttempts'; readonly atMs: number; readonly draw: number }
  | Cancel
  | { readonly type: 'terminate'; readonly atMs: number; readonly actor: string; readonly reason: string | null }
  /** Nothing is ready, due or in flight: settle what remains and end the run if it can end. */
  | { readonly type: 'conclude'; readonly atMs: number };
