/**
 * The runs area as its callers see it: start, find, inspect, stop. Refuses implementations; each verb has a file beside
 * this one and `create-runs-service.ts` puts them together.
 */
import type { FlowDocument } from '@/core/flow/document';
import type { JsonObject } from '@/core/json';
import type { Page } from '@/server/services/common-schemas';
import type { Caller } from '@/server/services/ports';
import type {
  JournalEntryView,
  ListJournalInput,
  ListRunsInput,
  RunSummary,
  RunView,
  StartRunInput,
  StopRunInput,
} from '@/server/services/runs/schemas';

export interface RunsService {
  /**
   * Starts a run by the flow's manual trigger. The run is durable when this returns.
   * @param hops flows that stand behind the request; 0 when none does
   * @throws HeadraceError `flow.noManualTrigger` · `flow.notPublished` · `request.invalid` with pointers into `/data`
   *   when the trigger has a schema that the data violates · `flow.invalid` for a draft with problems
   */
  start(caller: Caller, input: StartRunInput, hops?: number): Promise<{ runId: string }>;
  /** Waits until the run has ended, at most `waitMs`. @returns the run, or null when it still goes on */
  wait(caller: Caller, input: { runId: string; waitMs: number }): Promise<RunView | null>;
  /** Newest first, without steps. */
  list(caller: Caller, input: ListRunsInput): Promise<Page<RunSummary>>;
  get(caller: Caller, input: { runId: string }): Promise<RunView>;
  /** In order of `seq`. */
  journal(caller: Caller, input: ListJournalInput): Promise<Page<JournalEntryView>>;
  /** @throws HeadraceError `run.ended` · `resource.notFound` */
  cancel(caller: Caller, input: StopRunInput): Promise<void>;
  /** Stops at once and undoes nothing; audited. @throws as {@link cancel} */
  terminate(caller: Caller, input: StopRunInput): Promise<void>;
  /** The document that the run executes: its version, or the snapshot of a draft. */
  document(caller: Caller, input: { runId: string }): Promise<FlowDocument>;
  /** The newest run of a flow, or null: sample data for the designer. */
  latest(caller: Caller, input: { flowId: string }): Promise<LatestRun | null>;
}

export interface LatestRun {
  readonly run: RunView;
  /** The CloudEvent that started it, as the root `event` of expressions. */
  readonly event: JsonObject;
}
