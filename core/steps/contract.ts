/**
 * What a step kind is. One folder per kind holds a manifest (from which form, validation, docs and palette derive) and
 * an executor that turns resolved configuration into a plan: effects are data here, performed elsewhere. Refuses I/O:
 * an executor that needs the outside world says so in its plan and judges the result in `settle`.
 */
import type { z } from 'zod';
import type { Fault } from '@/core/errors';
import type { JsonObject, JsonValue } from '@/core/json';

export type StepGroup = 'trigger' | 'call' | 'shape' | 'decide' | 'event';

/** How a field is edited. The inspector has one widget per type; `code` is a JSONata expression. */
export type FieldWidget =
  | 'text'
  | 'longText'
  | 'number'
  | 'durationMs'
  | 'boolean'
  | 'select'
  | 'unknownOutcome'
  | 'json'
  | 'keyValue'
  | 'code'
  | 'switchCases'
  | 'verification'
  | 'types'
  | 'cron'
  | 'timeZone'
  | 'status'
  /** A JSON Schema. */
  | 'schema'
  /** A module in JavaScript or TypeScript. */
  | 'source'
  /** One of the flows of the workspace. */
  | 'flow';

export interface FieldManifest {
  /** Key in `config`. */
  readonly name: string;
  readonly label: string;
  readonly widget: FieldWidget;
  readonly required?: boolean;
  /** May hold `{{ }}`; false means a constant known at publish. */
  readonly isTemplated: boolean;
  /** Roots that expressions in this field may read; absent: those of the kind. */
  readonly expressionRoots?: readonly string[];
  /** May hold `{"$secret": "name"}` (keyValue: in any value). */
  readonly takesSecret?: boolean;
  /** May hold `{"$approvalLink": id}` in place of any value. */
  readonly takesApprovalLink?: boolean;
  readonly placeholder?: string;
  /** One sentence under the field. */
  readonly help?: string;
  readonly options?: readonly { readonly value: string; readonly label: string; readonly help?: string }[];
  readonly defaultValue?: JsonValue;
  /** Shown under "More" until set. */
  readonly isAdvanced?: boolean;
}

export interface PortManifest {
  readonly name: string;
  readonly label: string;
}

/**
 * Wraps the schema of a field that may be written as an expression. Typed as the resolved value, because that is what
 * executors read; the wrapper that admits `{{ }}` only widens what is accepted.
 */
export type Templated = <T extends z.ZodType>(schema: T) => T;

export interface StepManifest {
  readonly kind: string;
  readonly group: StepGroup;
  readonly label: string;
  /** Name of an icon of `components/ui/icon`. */
  readonly icon: string;
  /** One sentence for the palette. */
  readonly description: string;
  readonly isTrigger: boolean;
  /** Holds other steps: entered when it is ready, complete when they are. */
  readonly isContainer?: boolean;
  /** A container whose steps run once per item. */
  readonly isLoop?: boolean;
  /** `effect` steps journal their intent before they act and can end unknown; `pure` ones run inline. */
  readonly nature: 'pure' | 'effect';
  /**
   * One definition, two schemas: called with a wrapper that also admits `{{ }}` it reads what a person wrote; called
   * with the identity it reads what evaluation produced.
   */
  readonly config: (templated: Templated) => z.ZodType;
  readonly fields: readonly FieldManifest[];
  /**
   * Outlets of a step with this (possibly incomplete) config: `out` first, then `error`, last `compensate` where the kind
   * leaves something to undo; none of a terminal kind.
   */
  readonly ports: (config: JsonObject) => readonly PortManifest[];
  /** Which of retry, timeoutMs, deadlineMs, disabled, join, pivot this kind accepts; the rest is refused. */
  readonly accepts: ReadonlySet<'retry' | 'timeoutMs' | 'deadlineMs' | 'disabled' | 'join' | 'pivot'>;
  /** The longest one attempt of this kind may be given; absent: `limits.attemptTimeoutMaxMs`. */
  readonly timeoutMaxMs?: number;
  /** Config fields evaluated by the executor itself, one by one (the cases of a switch). */
  readonly lazyFields?: readonly string[];
  /**
   * Config fields in a language of their own, where `{{` means something else: never read as templates. An executor finds
   * them in `written`; they are no part of what an attempt received.
   */
  readonly verbatimFields?: readonly string[];
  /** Roots this kind's expressions may read; absent: all that a step can read. Triggers know only their event. */
  readonly expressionRoots?: readonly string[];
  /** Config fields that hold a JSON Schema; publishing checks that it compiles. */
  readonly jsonSchemaFields?: readonly string[];
  /** The mono line of the card: verb first, then what it acts on. Works on incomplete config. */
  readonly summary: (config: JsonObject) => { readonly verb: string; readonly rest: string };
  /** Faults that no schema can express; pointers are relative to `config`. */
  readonly check?: (config: JsonObject) => readonly Fault[];
  /** A small valid config, shown in the docs and used when the step is added. */
  readonly example: JsonObject;
  /** One sentence on the output, for docs and the data picker. */
  readonly output: string;
}

/** A request the guarded HTTP client performs. Header values and body may hold `$secret` references. */
export interface HttpCall {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, JsonValue>>;
  /** `null` sends nothing; a string is sent as text, everything else as JSON. */
  readonly body: JsonValue;
  readonly timeoutMs: number;
  readonly idempotencyKey: string | null;
}

/** What came of a call. `refused`: certainly nothing was sent. `unknown`: it may have taken effect. */
export type HttpResult =
  | {
      readonly type: 'response';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: JsonValue;
      /** Set when the status arrived but the body could not be read whole. */
      readonly unreadable?: StepError;
      /** From Retry-After, in milliseconds from now. */
      readonly retryAfterMs?: number;
    }
  | { readonly type: 'refused'; readonly error: StepError }
  | { readonly type: 'unknown'; readonly error: StepError };

/** An error as it is journalled and shown. `isRetryable` is a property of the outcome, not of the policy. */
export interface StepError {
  readonly code: string;
  readonly message: string;
  readonly isRetryable: boolean;
  readonly details?: JsonObject;
}

/** A CloudEvent to publish in the very append that completes the step. */
export interface EventDraft {
  readonly type: string;
  readonly source: string;
  readonly subject: string | null;
  readonly data: JsonValue;
  readonly schemaVersion: number | null;
}

export interface WebhookAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonValue;
}

/** Code to run in a sandbox that knows nothing but its input. */
export interface CodeTask {
  readonly source: string;
  /** What its default function is called with. */
  readonly input: JsonValue;
  readonly timeoutMs: number;
  /** The instant that the code takes for now, throughout. */
  readonly nowMs: number;
  /** What its random numbers are drawn from: the same seed, the same numbers. */
  readonly seed: string;
}

/** A line that code printed. */
export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly text: string;
}

/** What a step waits for that comes from outside the run. */
export type Awaited =
  | {
      readonly on: 'event';
      readonly eventType: string;
      /** The value that the event key of a candidate must equal, as canonical JSON text. */
      readonly key: string;
      /** The expression that is evaluated on each candidate, as written. */
      readonly eventKey: string;
    }
  | {
      readonly on: 'approval';
      readonly title: string;
      /** What one needs to know to decide; null when the title says it all. */
      readonly description: string | null;
      /** A JSON Schema of the answer; null when a yes or no is enough. */
      readonly form: JsonObject | null;
      /** Who is asked: the e-mail address of a member, or null for everybody who may. */
      readonly assignee: string | null;
    }
  | {
      readonly on: 'child';
      /** Id or unique name of the flow. */
      readonly flow: string;
      readonly data: JsonValue;
    };

export type StepPlan =
  | {
      readonly type: 'complete';
      readonly output: JsonValue;
      readonly port: string;
      readonly ifUndrawn?: StepError;
    }
  | { readonly type: 'fail'; readonly error: StepError }
  | {
      readonly type: 'call';
      readonly call: HttpCall;
      readonly effect: 'safe' | 'idempotent' | 'once';
      /** Whether an attempt that ended unknown is tried again with the same key; otherwise the run is blocked. */
      readonly retriesUnknown: boolean;
    }
  | { readonly type: 'publish'; readonly event: EventDraft }
  /** Nothing to do until then; the outcome is `{resumedAt}`. */
  | { readonly type: 'wait'; readonly untilMs: number }
  /** Waits for something from outside, until then at the longest; null for as long as it takes. */
  | { readonly type: 'await'; readonly awaits: Awaited; readonly untilMs: number | null }
  /** Starts a run of another flow and does not wait for it; the outcome is `{runId}`. */
  | { readonly type: 'spawn'; readonly flow: string; readonly data: JsonValue }
  /** Runs in the sandbox; it leaves nothing behind, so no intent is journalled. */
  | { readonly type: 'code'; readonly task: CodeTask }
  /** A container opens: its steps run, and complete it. */
  | { readonly type: 'enter' }
  /** The steps inside run once per item, so many at a time. */
  | {
      readonly type: 'loop';
      readonly items: readonly JsonValue[];
      readonly concurrency: number;
      readonly onError: 'stop' | 'continue';
    }
  | { readonly type: 'respond'; readonly answer: WebhookAnswer };

export type AttemptOutcome =
  | {
      readonly type: 'succeeded';
      readonly output: JsonValue;
      readonly port: string;
      /**
       * Leaving by a port such as `timeout` or `rejected` means something only if somebody drew what follows: with nothing
       * behind the port the step fails with this instead, so that it is never passed over in silence.
       */
      readonly ifUndrawn?: StepError;
      readonly logs?: readonly LogLine[];
    }
  | {
      readonly type: 'failed';
      readonly error: StepError;
      readonly retryAfterMs?: number;
      readonly logs?: readonly LogLine[];
    }
  | { readonly type: 'unknown'; readonly error: StepError };

export interface PlanContext {
  readonly stepId: string;
  readonly flowId: string;
  readonly workspaceSlug: string;
  /** Output of the predecessor that made this step ready; several: an object by step id; none: the event's data. */
  readonly input: JsonValue;
  /** Resolved config without lazy fields. */
  readonly config: JsonObject;
  /**
   * Config as a person wrote it, nothing evaluated (`step.config ?? {}`). It names what lazy fields hold, and tells a
   * `$secret` the author wrote from one that came in with the data.
   */
  readonly written: JsonObject;
  /** Data of the triggering event. */
  readonly eventData: JsonValue;
  /** The same on every attempt of this step. */
  readonly idempotencyKey: string;
  readonly timeoutMs: number;
  /** What the step may take over all attempts; null when it has no limit. */
  readonly deadlineMs: number | null;
  /** Instant of this attempt. */
  readonly nowMs: number;
  /** Evaluates one template of a lazy field by its JSON pointer inside `config`. */
  readonly evaluate: (pointer: string) => Promise<JsonValue | undefined>;
}

export interface StepExecutor {
  readonly plan: (context: PlanContext) => StepPlan | Promise<StepPlan>;
  /** Judges the result of a `call`; required of kinds that plan one. */
  readonly settle?: (config: JsonObject, result: HttpResult) => AttemptOutcome;
}

export interface StepKind {
  readonly manifest: StepManifest;
  /** Triggers have no executor: their output is the event's data. */
  readonly executor: StepExecutor | null;
}
