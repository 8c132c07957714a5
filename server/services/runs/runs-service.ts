/**
 * The runs area as its callers see it: start, find, inspect, stop. Refuses implementations; each verb has a file beside
 * this one and `create-runs-service.ts` puts them together.
 */
import type { FlowDocument } from '@/core/flow/document';
import type { JsonObject } from '@/core/json';
import type { Page } from '@/server/services/common-schemas';
import type { Caller } from '@/server/services/ports';
import type { RepeatOfRun } from '@/server/services/runs/run-reader';
import type {
  ChildRunView,
  IterationView,
  JournalEntryView,
  ListChildrenInput,
  ListIterationsInput,
  ListJournalInput,
  ListRunsInput,
  PreviewRerunInput,
  RerunPreview,
  RerunRunInput,
  ResolveRunInput,
  RetryRunInput,
  RunFamilyView,
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
  /** The iterations of a loop in the order of its list; none before it is entered. */
  iterations(caller: Caller, input: ListIterationsInput): Promise<Page<IterationView>>;
  /** Its ancestors, and how what it started stands. @throws HeadraceError `resource.notFound` */
  family(caller: Caller, input: { runId: string }): Promise<RunFamilyView>;
  /** What it started, oldest first. @throws HeadraceError `resource.notFound` */
  children(caller: Caller, input: ListChildrenInput): Promise<Page<ChildRunView>>;
  /** In order of `seq`. */
  journal(caller: Caller, input: ListJournalInput): Promise<Page<JournalEntryView>>;
  /**
   * Settles what is in flight, undoes what can be undone. Of a run that undoes already nothing changes.
   * @throws HeadraceError `run.ended` · `run.pastPivot` · `resource.notFound`
   */
  cancel(caller: Caller, input: StopRunInput): Promise<void>;
  /** Stops at once and undoes nothing; audited. @throws as {@link cancel} */
  terminate(caller: Caller, input: StopRunInput): Promise<void>;
  /**
   * A person decides about a step that holds its run.
   * @throws HeadraceError `run.notWaiting` when the step waits for nobody, or not for this · `resource.notFound`
   */
  resolve(caller: Caller, input: ResolveRunInput): Promise<void>;
  /**
   * Starts a new run that does again what did not succeed in this one. What stands is reused.
   * @throws HeadraceError `run.notRetryable` unless it ended without success · `run.retryRunning` with `runId` while
   *   another run that came from it goes on · `flow.deleted` · `resource.notFound`
   */
  retry(caller: Caller, input: RetryRunInput): Promise<{ runId: string }>;
  /**
   * Starts a new run that executes `from` and what is behind it (or everything) again, of a run that has ended.
   * @throws HeadraceError as {@link retry} · `run.unknownOutcome` with `steps` when another version or other data would
   *   change what a step sends whose outcome is unknown · `request.invalid` · `flow.notPublished`
   */
  rerun(caller: Caller, input: RerunRunInput): Promise<{ runId: string }>;
  /** What a retry or rerun would do; starts nothing. @throws as {@link retry} and {@link rerun}, but `run.retryRunning` */
  previewRerun(caller: Caller, input: PreviewRerunInput): Promise<RerunPreview>;
  /** Runs that do this one again, oldest first; none of a run that is not there. */
  repeats(caller: Caller, input: { runId: string }): Promise<{ items: RepeatOfRun[] }>;
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
