/**
 * A flow version as the engine reads it: every default resolved, every expression compiled, every edge indexed by the
 * step it concerns. It exists so that the hot path never parses, validates or searches. Refuses behaviour: these are
 * shapes only; `compile.ts` makes them.
 */
import type { CompiledTemplate } from '@/core/expression';
import type { FlowStep } from '@/core/flow/document';
import type { JsonObject } from '@/core/json';
import type { StepExecutor, StepManifest } from '@/core/steps/contract';

/** `retry` of a step with every default of the flow format filled in. A kind without retry has one attempt. */
export interface RetryPolicy {
  readonly attempts: number;
  readonly backoff: 'exponential' | 'fixed';
  readonly initialMs: number;
  readonly maxMs: number;
  readonly jitter: 'full' | 'none';
}

export interface CompiledStep {
  readonly id: string;
  readonly kind: string;
  /** The step as written. */
  readonly step: FlowStep;
  readonly manifest: StepManifest;
  /** Null for triggers. */
  readonly executor: StepExecutor | null;
  /** The fields evaluated before the executor plans: all but the lazy ones. */
  readonly config: CompiledTemplate;
  /** Fields evaluated by the executor, one by one, by JSON pointer inside `config` (`/cases/0/when`). */
  readonly lazy: ReadonlyMap<string, CompiledTemplate>;
  /** The lazy fields as written. */
  readonly lazyConfig: JsonObject;
  readonly retry: RetryPolicy;
  /** Per attempt. */
  readonly timeoutMs: number;
  /** Over all attempts; null for none. */
  readonly deadlineMs: number | null;
  readonly join: 'all' | 'any';
  readonly isDisabled: boolean;
  readonly incoming: readonly { readonly from: string; readonly port: string }[];
  /** Ids of the steps behind each wired port, in document order. */
  readonly outgoing: ReadonlyMap<string, readonly string[]>;
  /** Whether an edge leaves by `error`. */
  readonly hasErrorPort: boolean;
}

export interface CompiledFlow {
  readonly name: string;
  /** In document order. */
  readonly steps: ReadonlyMap<string, CompiledStep>;
  /** Step ids in topological order; among equals, document order. */
  readonly order: readonly string[];
  readonly triggers: readonly string[];
  /** `settings.tags`; null when there are none. */
  readonly tags: CompiledTemplate | null;
}
