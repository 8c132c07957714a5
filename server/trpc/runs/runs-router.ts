/** Runs for the list, the run page and the designer's data drawer, and the live notes that tell them to look again. */
import { z } from 'zod';
import { isHeadraceError } from '@/core/errors';
import { requireScope } from '@/server/services/authorize';
import type { RunNote } from '@/server/services/ports';
import {
  listChildrenInput,
  listIterationsInput,
  listJournalInput,
  listRunsInput,
  previewRerunInput,
  rerunRunInput,
  resolveRunInput,
  retryRunInput,
  runInput,
  startRunInput,
  stopRunInput,
} from '@/server/services/runs/schemas';
import { protectedProcedure, router } from '../init';
import { withStatus } from '../problem';
import { watchRuns } from './watch-runs';

/** How long a stream may go on after its session ended elsewhere. One indexed read per open page. */
const sessionRecheckMs = 10_000;

const watchInput = z.strictObject({ runId: z.uuid().optional(), flowId: z.uuid().optional() });
const latestDataInput = z.strictObject({ flowId: z.uuid() });

export const runsRouter = router({
  list: protectedProcedure.input(listRunsInput).query(({ ctx, input }) => ctx.services.runs.list(ctx.caller, input)),
  get: protectedProcedure.input(runInput).query(({ ctx, input }) => ctx.services.runs.get(ctx.caller, input)),
  /** What the run executes, to draw it by: a version, or the snapshot of a draft. It never changes. */
  document: protectedProcedure.input(runInput).query(({ ctx, input }) => ctx.services.runs.document(ctx.caller, input)),
  /** A page of the iterations of a loop. */
  iterations: protectedProcedure
    .input(listIterationsInput)
    .query(({ ctx, input }) => ctx.services.runs.iterations(ctx.caller, input)),
  /** Who started the run, up to the first. */
  family: protectedProcedure.input(runInput).query(({ ctx, input }) => ctx.services.runs.family(ctx.caller, input)),
  /** A page of the runs that it started. */
  children: protectedProcedure
    .input(listChildrenInput)
    .query(({ ctx, input }) => ctx.services.runs.children(ctx.caller, input)),
  journal: protectedProcedure
    .input(listJournalInput)
    .query(({ ctx, input }) => ctx.services.runs.journal(ctx.caller, input)),
  start: protectedProcedure
    .input(startRunInput)
    .mutation(({ ctx, input }) => ctx.services.runs.start(ctx.caller, input)),
  cancel: protectedProcedure
    .input(stopRunInput)
    .mutation(({ ctx, input }) => ctx.services.runs.cancel(ctx.caller, input)),
  terminate: protectedProcedure
    .input(stopRunInput)
    .mutation(({ ctx, input }) => ctx.services.runs.terminate(ctx.caller, input)),
  /** A person decides about a step that holds its run. */
  resolve: protectedProcedure
    .input(resolveRunInput)
    .mutation(({ ctx, input }) => ctx.services.runs.resolve(ctx.caller, input)),
  retry: protectedProcedure
    .input(retryRunInput)
    .mutation(({ ctx, input }) => ctx.services.runs.retry(ctx.caller, input)),
  rerun: protectedProcedure
    .input(rerunRunInput)
    .mutation(({ ctx, input }) => ctx.services.runs.rerun(ctx.caller, input)),
  /** What a retry or rerun would reuse, execute and skip. */
  previewRerun: protectedProcedure
    .input(previewRerunInput)
    .query(({ ctx, input }) => ctx.services.runs.previewRerun(ctx.caller, input)),
  /** Runs that do this one again, for the links of its page. */
  repeats: protectedProcedure.input(runInput).query(({ ctx, input }) => ctx.services.runs.repeats(ctx.caller, input)),
  /** The newest run of a flow with what its steps received and gave, or null: sample data for the designer. */
  latestData: protectedProcedure
    .input(latestDataInput)
    .query(({ ctx, input }) => ctx.services.runs.latest(ctx.caller, input)),

  /** Notes of the workspace's runs as they change, or of one flow or run. Each is a hint to fetch again. */
  watch: protectedProcedure.input(watchInput).subscription(async function* ({ ctx, input, signal }) {
    requireScope(ctx.caller, 'runs:read');
    const notes = watchRuns({
      runNotes: ctx.deps.runNotes,
      workspaceId: ctx.caller.workspaceId,
      accepts: (note) => isWanted(note, input),
      signal,
      recheckMs: sessionRecheckMs,
      isSignedIn: async () => (await ctx.deps.auth.readSession(ctx.headers, { renew: false })).signedIn !== null,
    });
    try {
      yield* notes;
    } catch (error) {
      throw isHeadraceError(error) ? withStatus(error) : error;
    }
  }),
});

const isWanted = (note: RunNote, { runId, flowId }: z.infer<typeof watchInput>): boolean =>
  (runId === undefined || note.runId === runId) && (flowId === undefined || note.flowId === flowId);
