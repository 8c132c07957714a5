/**
 * What stands in the world against what the run says, and against what the drawing says: per step, effects minus
 * compensations is 0 or 1 and agrees with both. Keys are counted, not calls: a repeated call with its key is no effect.
 */
import { foldWhole } from '@/core/run/evolve';
import { addressOf } from '@/core/run/iteration-path';
import { iterationAt } from '@/core/run/places';
import type { StepStatus } from '@/core/run/types';
import type { BookedRun, Books } from '../books';
import type { LedgerCall } from '../ledger';
import type { SagaPlan } from '../plan/sagas';
import type { Ending } from '../plan/shapes';
import { sagaOf } from './intake';
import type { Check, Violation, ViolationKind } from './violation';

/** Calls by run, and within it by step and direction. */
export function callsByRun(books: Books): ReadonlyMap<string, ReadonlyMap<string, readonly LedgerCall[]>> {
  const byRun = new Map<string, Map<string, LedgerCall[]>>();
  for (const call of books.calls) {
    const runId = call.key.split(':')[0] ?? '';
    const own = byRun.get(runId) ?? new Map<string, LedgerCall[]>();
    byRun.set(runId, own);
    const place = `${call.step}:${call.direction}`;
    own.set(place, [...(own.get(place) ?? []), call]);
  }
  return byRun;
}

const keysAccepted = (calls: readonly LedgerCall[] = []): number =>
  new Set(calls.flatMap((call) => (call.isFirstAcceptance ? [call.key] : []))).size;

const standsWhen: ReadonlySet<StepStatus> = new Set(['succeeded']);

export const checkEffects: Check = (books) => {
  const found: Violation[] = [];
  const byRun = callsByRun(books);
  for (const run of books.runs.values()) {
    const calls = byRun.get(run.id) ?? new Map<string, readonly LedgerCall[]>();
    const add = (check: string, kind: ViolationKind, what: string): void =>
      void found.push({ check, kind, what: `run ${run.id} (${run.flow}, ${run.status}): ${what}` });
    const n = sagaOf(books, run.id);
    const plan = n === null ? undefined : books.plans.get(n);
    const ending = endingOf(run, plan);
    if (ending === 'unexpected') {
      const refused = plan?.refused ?? 'nothing';
      add('the end that was drawn', 'inconsistent', `saga ${n}, refused ${refused}: ends ${run.status}`);
    }
    const state = foldWhole(books.eventAt.get(run.eventPosition)?.data ?? null, run.entries);
    for (const step of new Set([...calls.keys()].map((place) => place.split(':')[0] ?? '').concat(stepsOf(plan)))) {
      const done = keysAccepted(calls.get(`${step}:forward`));
      const undone = keysAccepted(calls.get(`${step}:compensate`));
      const balance = `${step} was done ${done} and undone ${undone} times`;
      if (done > 1 || undone > 1) add('no effect twice', 'doubled', balance);
      else if (undone > done) add('no effect twice', 'doubled', `${balance}: undone without being done`);
      if (run.status === 'terminated' || !run.hasFinished) continue;
      const { path, stepId } = plan?.shape.placeOf?.(step) ?? { path: '', stepId: step };
      const status = iterationAt(state, path)?.steps[stepId]?.status ?? 'pending';
      if (done - undone !== (standsWhen.has(status) ? 1 : 0)) {
        add('effects agree with the run', done > undone ? 'doubled' : 'lost', `${balance}, the run says ${status}`);
      }
      const isDrawn = ending !== 'unexpected' && ending !== 'open';
      if (isDrawn && !ending.lasting.includes(step) && done - undone !== (ending.standing.includes(step) ? 1 : 0)) {
        add(
          'effects agree with the drawing',
          done > undone ? 'doubled' : 'lost',
          `${balance}, which the end does not allow`,
        );
      }
    }
  }
  return found;
};

const stepsOf = (plan: SagaPlan | undefined): readonly string[] => plan?.shape.steps ?? [];

/** What must stand at the end a run came to; `open`: it was terminated, so anything may. */
function endingOf(
  run: BookedRun,
  plan: SagaPlan | undefined,
): (Ending & { readonly lasting: readonly string[] }) | 'unexpected' | 'open' {
  if (!run.hasFinished) return 'open';
  if (plan === undefined) {
    return run.status === 'succeeded' ? { status: 'succeeded', standing: ['r1'], lasting: [] } : 'unexpected';
  }
  const drawn = plan.shape.endingWith(plan.refused);
  if (run.status === drawn.status) return { ...drawn, lasting: [] };
  if (run.status === 'terminated' && plan.stop?.how === 'terminate') return 'open';
  // Before the pivot a cancel undoes everything that can be undone.
  const isCancelled = run.status === 'cancelled' && plan.stop?.how === 'cancel';
  return isCancelled ? { status: 'cancelled', standing: [], lasting: plan.shape.lasting } : 'unexpected';
}

/** Intent before effect: what reached the ledger stands in the journal, under its key; and no intent lacks one. */
export const checkKeys: Check = (books) => {
  const check = 'no intent without its key';
  const found: Violation[] = books.breaches.map((what) => ({ check, kind: 'doubled', what }));
  const intended = new Set<string>();
  for (const run of books.runs.values()) {
    for (const entry of run.entries) {
      if (entry.type !== 'step.started') continue;
      intended.add(entry.idempotencyKey);
      const [runId, address] = entry.idempotencyKey.split(':');
      if (runId !== run.id || address !== addressOf(entry.path ?? '', entry.stepId)) {
        found.push({
          check,
          kind: 'inconsistent',
          what: `run ${run.id}: ${entry.stepId} has key ${entry.idempotencyKey}`,
        });
      }
    }
  }
  for (const key of new Set(books.calls.map((call) => call.key))) {
    if (!intended.has(key)) found.push({ check, kind: 'lost', what: `${key} reached the ledger and no journal` });
  }
  return found;
};

/** Along every path: forward in the order of the drawing, undone last in, first out, and undone after done. */
export const checkOrder: Check = (books) => {
  const found: Violation[] = [];
  for (const [runId, calls] of callsByRun(books)) {
    const n = sagaOf(books, runId);
    const plan = n === null ? undefined : books.plans.get(n);
    if (plan === undefined) continue;
    const add = (what: string): void =>
      void found.push({
        check: 'order along every path',
        kind: 'wrong order',
        what: `run ${runId} (${plan.shape.name}): ${what}`,
      });
    const first = (place: string): number => calls.get(place)?.[0]?.seq ?? Number.POSITIVE_INFINITY;
    const accepted = (place: string): number =>
      calls.get(place)?.find((call) => call.isFirstAcceptance)?.seq ?? Number.POSITIVE_INFINITY;
    const isBefore = (earlier: string, later: string): boolean =>
      first(later) === Number.POSITIVE_INFINITY || accepted(earlier) < first(later);
    for (const path of plan.shape.paths) {
      for (const [index, step] of path.entries()) {
        if (!isBefore(`${step}:forward`, `${step}:compensate`)) add(`${step} was undone before it was done`);
        for (const later of path.slice(index + 1)) {
          if (!isBefore(`${step}:forward`, `${later}:forward`)) add(`${later} began before ${step} was done`);
          const isBothDone =
            accepted(`${later}:forward`) < Number.POSITIVE_INFINITY && !plan.shape.lasting.includes(later);
          if (isBothDone && !isBefore(`${later}:compensate`, `${step}:compensate`)) {
            add(`${step} was undone before ${later}`);
          }
        }
      }
    }
  }
  return found;
};
