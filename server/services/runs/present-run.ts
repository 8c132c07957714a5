/**
 * Runs, steps and journal entries in the words of the API. Every step of the document is shown, those not reached as
 * `pending`. Refuses to mask: what the journal holds was masked before it was written.
 */
import type { FlowDocument } from '@/core/flow/document';
import type { JsonObject, JsonValue } from '@/core/json';
import type { JournalEntry } from '@/core/run/entries';
import { iterationText, joinPath, noPath } from '@/core/run/iteration-path';
import { backwards } from '@/core/run/sparse-list';
import type { AttemptState, IterationOutcome, LoopState, RunReason, RunState, StepState } from '@/core/run/types';
import { presentTime } from '@/server/services/common-schemas';
import type { RunFactsRow, RunListRow } from '@/server/services/runs/run-reader';
import type {
  AttemptView,
  IterationView,
  JournalEntryView,
  LoopView,
  RunReasonView,
  RunSummary,
  RunView,
  StepView,
} from '@/server/services/runs/schemas';

type EventFacts = RunSummary['event'];

const timeOrNull = (timeMs: number | null): string | null => (timeMs === null ? null : presentTime(timeMs));

export const presentRunSummary = (row: RunListRow): RunSummary => ({
  ...presentFacts(row, row.event, row.output),
  ...(row.outputBytes === null ? {} : { outputBytes: row.outputBytes }),
});

function presentFacts(row: RunFactsRow, event: EventFacts, output: JsonValue): RunSummary {
  return {
    id: row.id,
    flowId: row.flowId,
    flowName: row.flowName,
    version: row.version,
    draft: row.isDraft,
    status: row.status,
    reason: row.reason === null ? null : presentReason(row.reason),
    trigger: { stepId: row.triggerStep, kind: row.triggerKind },
    event,
    output,
    error: presentError(row.error),
    createdAt: presentTime(row.createdAtMs),
    startedAt: timeOrNull(row.startedAtMs),
    finishedAt: timeOrNull(row.finishedAtMs),
    parentRunId: row.parentRunId,
    retryOf: row.retryOf,
    replay: row.replayId !== null,
    tags: presentTags(row.tags),
  };
}

/**
 * @param loaded the run's row, its event and the fold of its journal
 * @param document what it executes; null when it cannot be read, and then only steps with entries are shown
 * @param whole the state with every iteration that is to be shown; the same state when none is
 */
export function presentRun(
  loaded: {
    readonly row: RunFactsRow;
    readonly event: { position: number; event: JsonObject };
    readonly state: RunState;
  },
  document: FlowDocument | null,
  whole: RunState = loaded.state,
): Omit<RunView, 'children'> {
  const { row, event, state } = loaded;
  const facts = { position: event.position, id: String(event.event.id), type: String(event.event.type) };
  return {
    ...presentFacts(row, facts, state.output ?? null),
    steps: [...presentSteps(state, document), ...stepsOfIterations(whole)],
  };
}

function presentSteps(state: RunState, document: FlowDocument | null): StepView[] {
  const ids = document === null ? Object.keys(state.steps) : document.steps.map((step) => step.id);
  return ids.map((id) => {
    const step = state.steps[id];
    return step === undefined ? pendingStep(id) : presentStep(step);
  });
}

/** Iterations of one loop that a run is shown with; those of longer loops are asked for by the page. */
export const shownIterations = 50;

/** Steps inside loops, each with the iteration it was in: of short loops all, of any other those under way. */
const stepsOfIterations = (state: RunState, outer: string = noPath): StepView[] =>
  Object.values(state.steps).flatMap(({ id, loop }) => {
    if (loop === null) return [];
    const iterations = new Map(loop.next <= shownIterations ? [...backwards(loop.kept)].toReversed() : []);
    for (const [index, iteration] of Object.entries(loop.active)) iterations.set(Number(index), iteration);
    return [...iterations]
      .toSorted(([a], [b]) => a - b)
      .flatMap(([index, iteration]) => {
        const path = joinPath(outer, iterationText({ stepId: id, index }));
        return [
          ...Object.values(iteration.steps).map((step) => ({ ...presentStep(step), path, index })),
          ...stepsOfIterations(iteration, path),
        ];
      });
  });

/** One iteration with its steps, as a page of a loop shows it. */
export const presentIteration = (
  index: number,
  item: JsonValue,
  state: RunState,
  outcome: IterationOutcome | undefined,
): IterationView => ({
  index,
  status: outcome?.type ?? (state.status === 'compensating' ? 'compensating' : 'running'),
  item,
  output: outcome?.type === 'succeeded' ? outcome.output : null,
  error:
    outcome === undefined || outcome.type === 'succeeded' ? presentError(state.error) : presentError(outcome.error),
  startedAt: timeOrNull(state.startedAtMs),
  steps: Object.values(state.steps).map(presentStep),
});

const presentLoop = (loop: LoopState): LoopView => ({
  total: loop.total,
  concurrency: loop.concurrency,
  onError: loop.onError,
  begun: loop.next,
  running: Object.keys(loop.active).length,
  ...loop.counts,
});

const pendingStep = (id: string): StepView => ({
  id,
  status: 'pending',
  port: null,
  attempts: [],
  input: null,
  output: null,
  error: null,
  startedAt: null,
  finishedAt: null,
});

const presentStep = (step: StepState): StepView => ({
  id: step.id,
  status: step.status,
  port: step.port,
  attempts: step.attempts.map(presentAttempt),
  input: step.attempts.at(-1)?.input ?? null,
  output: step.output ?? null,
  error: presentError(step.error),
  startedAt: timeOrNull(step.startedAtMs),
  finishedAt: timeOrNull(step.finishedAtMs),
  ...(step.reusedFrom === null ? {} : { reusedFrom: step.reusedFrom }),
  ...(step.loop === null ? {} : { loop: presentLoop(step.loop) }),
});

const presentAttempt = (attempt: AttemptState): AttemptView => ({
  n: attempt.n,
  status: attempt.status,
  startedAt: presentTime(attempt.startedAtMs),
  finishedAt: timeOrNull(attempt.finishedAtMs),
  input: attempt.input,
  output: attempt.output,
  error: presentError(attempt.error),
  idempotencyKey: attempt.idempotencyKey,
  ...(attempt.logs.length === 0 ? {} : { logs: [...attempt.logs] }),
  ...(attempt.endedBy === null ? {} : { endedBy: attempt.endedBy }),
});

const presentError = (error: RunState['error']): RunSummary['error'] =>
  error === null
    ? null
    : {
        code: error.code,
        message: error.message,
        isRetryable: error.isRetryable,
        ...(error.details === undefined ? {} : { details: error.details }),
      };

const presentReason = (reason: RunReason): RunReasonView => ({
  code: reason.code,
  message: reason.message,
  since: presentTime(reason.sinceMs),
  ...(reason.untilMs === undefined ? {} : { until: presentTime(reason.untilMs) }),
  ...(reason.runId === undefined ? {} : { runId: reason.runId }),
  ...(reason.stepId === undefined ? {} : { stepId: reason.stepId }),
  ...(reason.path === undefined ? {} : { path: reason.path }),
  ...(reason.actions === undefined ? {} : { actions: [...reason.actions] }),
});

/** A name cannot hold `=` in a filter, so the first one separates. */
function presentTags(tags: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    tags.map((tag) => {
      const at = tag.indexOf('=');
      return [tag.slice(0, at), tag.slice(at + 1)];
    }),
  );
}

/** The tag as it is stored. */
export const storedTag = (name: string, value: string): string => `${name}=${value}`;

export function presentEntry({ seq, entry }: { seq: number; entry: JournalEntry }): JournalEntryView {
  const { type, v, atMs, ...data } = entry;
  return { seq, type, v, at: presentTime(atMs), data: data as unknown as JsonValue };
}
