/** What the worker asks for when a step starts a run of another flow. */
import type { JsonValue } from '@/core/json';
import type { StepError } from '@/core/steps/contract';
import type { EventAppend } from '@/server/services/ports';

export interface ChildDraft {
  /** Id or unique name. */
  readonly flow: string;
  readonly data: JsonValue;
  readonly stepId: string;
  readonly path: string;
  /** The wait that ends with it; null when nobody waits. */
  readonly waitId: string | null;
}

export type PreparedChild =
  | { readonly type: 'ready'; readonly runId: string; readonly flowId: string; readonly event: EventAppend }
  | { readonly type: 'refused'; readonly error: StepError };
