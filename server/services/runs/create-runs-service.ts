/** Puts the verbs of the runs area together. Refuses logic of its own. */
import { isTerminal } from '@/core/run/types';
import type { ApprovalsService } from '@/server/services/approvals/approvals-service';
import { requireScope } from '@/server/services/authorize';
import type { RunnableVersions } from '@/server/services/flows/flows-service';
import type { Clock, EventLog, Ids, RunInbox, RunNotes } from '@/server/services/ports';
import type { RingDeps } from '@/server/services/ring';
import { runNotFound } from '@/server/services/runs/errors';
import { childrenOfRun, familyOfRun } from '@/server/services/runs/read-family';
import { listIterations } from '@/server/services/runs/read-iterations';
import { getRun, latestRun, listRuns, readJournal, repeatsOfRun, runDocument } from '@/server/services/runs/read-runs';
import { previewRerun, rerunRun, retryRun } from '@/server/services/runs/rerun-run';
import type { RerunStore } from '@/server/services/runs/rerun-store';
import { resolveRun } from '@/server/services/runs/resolve-run';
import type { RunFamily, RunQueries, RunReader } from '@/server/services/runs/run-reader';
import type { RunsService } from '@/server/services/runs/runs-service';
import { createDataCheck, startRun } from '@/server/services/runs/start-run';
import { stopRun } from '@/server/services/runs/stop-run';
import { waitForRun } from '@/server/services/runs/wait-for-run';

export interface RunsDeps extends RingDeps {
  readonly reader: RunReader;
  readonly queries: RunQueries;
  readonly family: RunFamily;
  readonly versions: RunnableVersions;
  readonly eventLog: EventLog;
  readonly inbox: RunInbox;
  readonly reruns: RerunStore;
  readonly approvals: Pick<ApprovalsService, 'answerStep'>;
  readonly notes: Pick<RunNotes, 'subscribe'>;
  readonly ids: Ids;
  readonly clock: Clock;
}

export function createRunsService(deps: RunsDeps): RunsService {
  const checking = { ...deps, checkData: createDataCheck() };
  return {
    start: (caller, input, hops = 0) => startRun(checking, caller, input, hops),
    async wait(caller, { runId, waitMs }) {
      requireScope(caller, 'runs:read');
      const status = await waitForRun({ ...deps, readStatus: deps.queries.status }, caller.workspaceId, runId, waitMs);
      if (status === null) throw runNotFound();
      return isTerminal(status) ? getRun(deps, caller, { runId }) : null;
    },
    list: (caller, input) => listRuns(deps, caller, input),
    get: (caller, input) => getRun(deps, caller, input),
    document: (caller, input) => runDocument(deps, caller, input),
    iterations: (caller, input) => listIterations(deps, caller, input),
    journal: (caller, input) => readJournal(deps, caller, input),
    cancel: (caller, input) => stopRun(deps, caller, 'cancel', input),
    terminate: (caller, input) => stopRun(deps, caller, 'terminate', input),
    resolve: (caller, input) => resolveRun(deps, caller, input),
    retry: (caller, input) => retryRun(checking, caller, input),
    rerun: (caller, input) => rerunRun(checking, caller, input),
    previewRerun: (caller, input) => previewRerun(checking, caller, input),
    family: (caller, input) => familyOfRun(deps, caller, input),
    children: (caller, input) => childrenOfRun(deps, caller, input),
    repeats: (caller, input) => repeatsOfRun(deps, caller, input),
    latest: (caller, input) => latestRun(deps, caller, input),
  };
}
