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
  /** Without `compensate` wires. */
  readonly incoming: readonly { readonly from: string; readonly port: string }[];
  /** Ids of the steps behind each wired port but `compensate`, in document order. */
  readonly outgoing: ReadonlyMap<string, readonly string[]>;
  /** Whether an edge leaves by `error`. */
  readonly hasErrorPort: boolean;
  /** The scope it belongs to: a container's id, or that of the flow itself. */
  readonly scope: string;
  /** Holds steps that run once when it is entered. A loop is none: what it repeats is in `body`. */
  readonly isContainer: boolean;
  /** What a loop does for each item, as a flow of its own; null of all other steps. */
  readonly body: CompiledFlow | null;
  readonly isPivot: boolean;
  /** Where undoing it begins: the steps behind its `compensate` wires. Empty: nothing undoes it. */
  readonly undo: readonly string[];
  /** The step it helps to undo. Null for a step of the way forward. */
  readonly undoes: string | null;
  /** The step that finds out what came of this one when its outcome is unknown. */
  readonly reconcileWith: string | null;
  /** The step whose outcome it finds out. Null for all others. */
  readonly reconciles: string | null;
}

/** A container, or the flow itself. */
export interface CompiledScope {
  /** Its container, or {@link rootScope}. */
  readonly id: string;
  /** The scope around it; null for the flow itself. */
  readonly parent: string | null;
  /** Steps of its way forward, in topological order; not those inside containers within. */
  readonly members: readonly string[];
  /** The same with everything inside containers within, at any depth. */
  readonly within: readonly CompiledStep[];
}

/** A flow, or the body of a loop: then its steps are those inside the loop, and it begins where no edge comes in. */
export interface CompiledFlow {
  readonly name: string;
  /** Whether it is what a loop repeats. */
  readonly isBody: boolean;
  /** In document order, without those inside loops. */
  readonly steps: ReadonlyMap<string, CompiledStep>;
  /** Step ids in topological order; among equals, document order. */
  readonly order: readonly string[];
  readonly triggers: readonly string[];
  /** By id, from the outside in. */
  readonly scopes: ReadonlyMap<string, CompiledScope>;
  readonly pivots: readonly string[];
  /** Ids of the loops among its steps. */
  readonly loops: readonly string[];
  /** Per undone step: every step that undoing it may take, in topological order. */
  readonly undoing: ReadonlyMap<string, readonly string[]>;
  /** Time a run may take, without what it stands blocked; null for no limit. */
  readonly timeoutMs: number | null;
  /** `settings.tags`; null when there are none. */
  readonly tags: CompiledTemplate | null;
}
