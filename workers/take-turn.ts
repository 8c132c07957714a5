/**
 * A run with a place in a lane does nothing before its turn has come. Here it asks, and waits with a reason that names the
 * run before it. Refuses to keep a person waiting who wants the run ended: what has not begun can end at any time.
 */
import { HeadraceError } from '@/core/errors';
import type { RunReason } from '@/core/run/types';
import type { Admission, Lanes } from '@/server/repositories/lanes';
import type { LoadedRun } from '@/server/repositories/run-store';
import type { Clock, Log, RunNotes, WakeUps } from '@/server/services/ports';
import { ringStream } from '@/server/services/ring';

export interface TurnDeps {
  readonly lanes: Lanes;
  readonly wakeUps: WakeUps;
  readonly notes: RunNotes;
  readonly clock: Clock;
  readonly log: Log;
}

/** How soon a run looks again whether the events before its own have reached the flow: a batch of the router takes less. */
const routerLookMs = 100;
/** The same as the promise of the row, in case that alarm is lost. */
const routerPromiseMs = 1_000;

/**
 * `ends`: it goes on without its turn, because it is only to end. `parked`: it waits. `disturbed`: something happened
 * meanwhile that must be looked at first. `lost`: somebody else has carried it on.
 */
export type Turn = 'comes' | 'ends' | 'parked' | 'disturbed' | 'lost';

/**
 * @param loaded a run with a lane
 * @throws HeadraceError `lane.keyInvalid` when its place could not be computed
 */
export async function takeTurn(deps: TurnDeps, loaded: LoadedRun): Promise<Turn> {
  const { row } = loaded;
  if (row.lane?.fault != null) {
    throw new HeadraceError('lane.keyInvalid', `The key of the lane could not be computed: ${row.lane.fault}`);
  }
  if (row.isAdmitted) return 'comes';
  if (isOnlyToEnd(loaded)) return 'ends';
  const run = { workspaceId: row.workspaceId, runId: row.id, journalN: row.journalN, inboxN: row.inboxN };
  const admission = await deps.lanes.admit(run);
  if (admission.type === 'admitted') return 'comes';
  if (admission.type === 'gone') return 'lost';
  const isRouting = admission.for === 'router';
  const isParked = await deps.lanes.park(run, reasonOf(deps, loaded, admission), isRouting ? routerPromiseMs : null);
  if (!isParked) return 'disturbed';
  const status = row.status === 'compensating' ? 'compensating' : 'waiting';
  deps.notes.publish(row.workspaceId, [{ runId: row.id, flowId: row.flowId, status, n: row.journalN }]);
  if (isRouting) {
    ringStream(deps, row.workspaceId);
    await deps.wakeUps.ringLater({ workspaceId: row.workspaceId, runId: row.id }, routerLookMs);
  }
  return 'parked';
}

/** A cancel of what never began undoes nothing; of what began, undoing takes a turn like any other work. */
const isOnlyToEnd = ({ row, inbox }: LoadedRun): boolean =>
  inbox.some(({ message }) => message.type === 'terminate' || (message.type === 'cancel' && row.journalN === 0));

function reasonOf(
  { clock }: TurnDeps,
  { row }: LoadedRun,
  admission: Extract<Admission, { type: 'waits' }>,
): RunReason {
  return {
    code: 'lane',
    message: messageOf(admission, row.lane?.key ?? null, row.lane?.concurrency ?? null),
    sinceMs: row.reason?.code === 'lane' ? row.reason.sinceMs : clock.nowMs(),
    ...(admission.behind === null ? {} : { runId: admission.behind }),
    actions: row.status === 'compensating' ? ['terminate'] : ['cancel', 'terminate'],
  };
}

function messageOf(
  { for: what, behind }: Extract<Admission, { type: 'waits' }>,
  key: string | null,
  concurrency: number | null,
): string {
  switch (what) {
    case 'key':
      return `Waits for run ${behind}, which is before it in the lane "${key}".`;
    case 'slot':
      return `As many runs of this flow as may be at the same time (${concurrency}) are under way; the oldest is ${behind}.`;
    case 'router':
      return 'Waits until the events before its own have reached the flow.';
    default:
      return what satisfies never;
  }
}
