/**
 * The flows area as its callers see it: drafts, versions and their lives. Refuses implementations; each verb has a file
 * beside this one and `create-flows-service.ts` puts them together.
 */
import type { Fault } from '@/core/errors';
import type { FlowDocument } from '@/core/flow/document';
import type { Page } from '@/server/services/common-schemas';
import type {
  Callee,
  Flow,
  FlowExample,
  FlowSummary,
  FlowVersion,
  FlowVersionSummary,
  ListFlowsInput,
  ListVersionsInput,
  PublishFlowInput,
  SavedFlow,
  SaveFlowInput,
} from '@/server/services/flows/schemas';
import type { Caller } from '@/server/services/ports';

export interface FlowsService {
  /** Newest first. `q` is searched in names. */
  list(caller: Caller, input: ListFlowsInput): Promise<Page<FlowSummary>>;
  /** @throws HeadraceError `resource.notFound` */
  get(caller: Caller, input: { flowId: string }): Promise<Flow>;
  /** @throws HeadraceError `request.invalid` when the document has not the shape of a draft */
  create(caller: Caller, input: { document: unknown }): Promise<SavedFlow>;
  /** @throws HeadraceError `resource.notFound` when there is no such example */
  createExample(caller: Caller, input: { exampleId: string }): Promise<SavedFlow>;
  examples(): readonly FlowExample[];
  /** @throws HeadraceError `flow.stale` with the current `revision` · `request.invalid` · `resource.notFound` */
  save(caller: Caller, input: SaveFlowInput): Promise<SavedFlow>;
  /** Soft: hooks answer 404, running runs finish, history stays. */
  remove(caller: Caller, input: { flowId: string }): Promise<void>;
  duplicate(caller: Caller, input: { flowId: string }): Promise<SavedFlow>;
  /** All problems of a draft, warnings included; faults of shape are thrown as `request.invalid`. */
  validate(caller: Caller, input: { document: unknown }): Promise<readonly Fault[]>;
  /** How flows stand that steps name by id or name, each once. */
  callees(caller: Caller, input: { flows: readonly string[] }): Promise<readonly Callee[]>;
  /**
   * @returns the version that is now live; an unchanged draft gives the same number
   * @throws HeadraceError `flow.invalid` with all problems · `flow.pathTaken` with `flowId` and `flowName` · `flow.stale`
   */
  publish(caller: Caller, input: PublishFlowInput): Promise<{ version: number }>;
  /** Events are kept and run on resume. */
  pause(caller: Caller, input: { flowId: string }): Promise<FlowSummary>;
  resume(caller: Caller, input: { flowId: string }): Promise<FlowSummary>;
  /** Newest first, without documents. */
  versions(caller: Caller, input: ListVersionsInput): Promise<Page<FlowVersionSummary>>;
  /** Newest first, with documents; a page ends early when its documents are large. */
  versionsWithDocuments(caller: Caller, input: ListVersionsInput): Promise<Page<FlowVersion>>;
  version(caller: Caller, input: { flowId: string; version: number }): Promise<FlowVersion>;
  /** Makes an earlier version live again. */
  promote(caller: Caller, input: { flowId: string; version: number }): Promise<FlowVersion>;
}

/** The immutable thing a run executes. */
export interface RunnableVersion {
  readonly versionId: string;
  /** Null for the snapshot of a draft. */
  readonly version: number | null;
  readonly document: FlowDocument;
}

/** For the runs service, which starts runs of a live version or of a draft's snapshot. */
export interface RunnableVersions {
  /** @throws HeadraceError `resource.notFound` · `flow.notPublished` */
  live(workspaceId: string, flowId: string): Promise<RunnableVersion>;
  /** Snapshots the draft. @throws HeadraceError `resource.notFound` · `flow.invalid` with all problems */
  draft(caller: Caller, flowId: string): Promise<RunnableVersion>;
}
