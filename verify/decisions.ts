/**
 * The people of the storm: they cancel and terminate runs, and look at the books of the outside world to decide what is
 * to become of a run that is blocked. Refuses to guess: a call of unknown outcome is resolved by what the ledger holds.
 */
import type { Ledger, LedgerCall } from './ledger';
import type { SagaPlan } from './plan/sagas';
import type { World } from './world/world';

export interface Decisions {
  /** Stops the runs whose plan says so, when their call first arrives. */
  onCall(call: LedgerCall): void;
  /** One look at all blocked runs. @returns how many decisions were made; null when nobody answered */
  look(): Promise<number | null>;
  /** Stops asked for and not yet acknowledged. */
  settled(): Promise<void>;
  /** Decisions made, by the reason of the run. */
  readonly counts: ReadonlyMap<string, number>;
}

interface BlockedRun {
  readonly id: string;
  readonly reason: {
    readonly code: string;
    readonly stepId: string;
    /** The iteration the step is in. */
    readonly path?: string;
    readonly since: string;
  } | null;
}

interface RunDetails {
  readonly steps: readonly {
    readonly id: string;
    readonly path?: string;
    readonly attempts: readonly { readonly idempotencyKey: string }[];
  }[];
}

const stopTries = 40;
const pageSize = 200;

export function createDecisions(
  world: World,
  ledger: () => Ledger,
  planOf: (n: number) => SagaPlan | undefined,
): Decisions {
  const counts = new Map<string, number>();
  const stopped = new Set<string>();
  const decided = new Set<string>();
  const asked: Promise<void>[] = [];

  const stop = async (runId: string, how: 'cancel' | 'terminate'): Promise<void> => {
    for (let tries = 0; tries < stopTries; tries += 1) {
      const answer = await world.rest('POST', `/runs/${runId}/${how}`, { reason: 'the storm' });
      // 409: it ended, or passed its pivot, before we asked.
      if (answer !== null && (answer.status < 300 || answer.status === 409)) return;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  };

  const decide = async (run: BlockedRun): Promise<boolean> => {
    if (run.reason === null) return false;
    const { code, stepId, path, since } = run.reason;
    const place = path === undefined ? { stepId } : { stepId, path };
    const details = await world.rest('GET', `/runs/${run.id}`);
    if (details === null || details.status !== 200) return false;
    const { steps } = details.body as RunDetails;
    const attempts = steps.find((step) => step.id === stepId && step.path === path)?.attempts ?? [];
    // Nobody is asked twice about one thing: a decision that got lost must show as a run that is stuck.
    const cause = `${run.id}:${path ?? ''}:${stepId}:${since}:${attempts.length}`;
    if (decided.has(cause)) return false;
    const key = attempts.at(-1)?.idempotencyKey ?? '';
    const isAccepted = code === 'blocked.unknown' && ledger().hasAccepted(key);
    const decision = isAccepted
      ? { ...place, action: 'output', output: { seen: true } }
      : { ...place, action: 'retry' };
    const answer = await world.rest('POST', `/runs/${run.id}/resolve`, decision);
    if (answer === null || answer.status === 503) return false;
    decided.add(cause);
    counts.set(code, (counts.get(code) ?? 0) + 1);
    return true;
  };

  return {
    counts,
    onCall(call) {
      const plan = planOf(Number(call.n));
      const runId = call.key.split(':')[0] ?? '';
      const isItsTurn = plan?.stop?.atStep === call.step && call.direction === 'forward' && call.flow !== 'receipt';
      if (plan?.stop == null || !isItsTurn || stopped.has(runId)) return;
      stopped.add(runId);
      asked.push(stop(runId, plan.stop.how));
    },
    async look() {
      const answer = await world.rest('GET', `/runs?status=blocked&limit=${pageSize}`);
      if (answer === null || answer.status !== 200) return null;
      const { items } = answer.body as { items: readonly BlockedRun[] };
      const made = await Promise.all(items.map(decide));
      return made.filter(Boolean).length;
    },
    async settled() {
      await Promise.all(asked);
    },
  };
}
