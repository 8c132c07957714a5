/**
 * What a retry or rerun takes over from the run it comes from, and what acts again. The preview shows this plan and the
 * worker carries it out, so they cannot differ. Refuses to reuse what no longer stands: what was undone, what a step
 * before it makes again, and what another version draws differently.
 */
import type { CompiledFlow, CompiledStep } from '@/core/flow/compiled-flow';
import { rootScope } from '@/core/flow/graph';
import type { JsonValue } from '@/core/json';
import type { JournalEntry } from '@/core/run/entries';
import { generationOf } from '@/core/run/generation';
import { addressOf, iterationText, joinPath, noPath } from '@/core/run/iteration-path';
import { endsUnknown, leftToUndo } from '@/core/run/scopes';
import { getAt } from '@/core/run/sparse-list';
import {
  type IterationOutcome,
  type IterationSeed,
  isSettled,
  type LoopSeed,
  type ReusedStep,
  type RunState,
  type StepState,
} from '@/core/run/types';

/** The run that is done again. It has ended. */
export interface RerunSource {
  readonly state: RunState;
  /** What it executed. */
  readonly flow: CompiledFlow;
  readonly generation: number;
  /** The trigger that fired. Known of a run that ended before it started, too. */
  readonly triggerStep: string;
}

export type RerunExtent =
  /** What did not succeed. */
  | { readonly type: 'unfinished' }
  /** This step, and whatever may come after it. */
  | { readonly type: 'from'; readonly stepId: string }
  | { readonly type: 'whole' };

/** Step ids of the way forward, in topological order. The trigger that fired is in none of the lists. */
export interface RerunPlan {
  readonly reused: readonly string[];
  /** Act again, as far as the way leads to them: which way a step takes is known when it has run. */
  readonly executed: readonly string[];
  /** No way leads to them, whatever the executed steps do. */
  readonly skipped: readonly string[];
  /**
   * Of the executed steps those whose earlier outcome is unknown, with the generation of the key they carry again: the
   * other side then does not act twice.
   */
  readonly keptGenerations: Readonly<Record<string, string>>;
  /** Of the executed loops: what stands of their iterations. Where nothing does, a loop is absent. */
  readonly loops: Readonly<Record<string, LoopSeed>>;
}

/**
 * 1. A step stands when it left by a port and was not undone: it succeeded, or its failure was caught by a drawn error
 *    port, or a person passed it over.
 * 2. It is reused when it stands, is the same kind of step in the target, nothing asked for it to act again, and every
 *    edge it was reached by is taken again by a step that is reused. Then its input is what it was.
 * 3. A container that stands is reused whole; any other is entered again, and 2 holds for its members.
 */
export function planRerun(source: RerunSource, target: CompiledFlow, extent: RerunExtent): RerunPlan {
  const again = extent.type === 'from' ? withEverythingBehind(target, extent.stepId) : new Set<string>();
  const planner = new Planner(source, target, extent.type === 'whole' ? null : again);
  planner.planScope(rootScope, 'taken');
  const { fates } = planner;
  const fatesIn = (type: Fate['type']): string[] => target.order.filter((id) => fates.get(id)?.type === type);
  const executed = fatesIn('open');
  const loops = executed
    .filter((id) => planner.isReachedAsBefore(id))
    .map((id): [string, LoopSeed] => [id, planLoop(source, target, id)])
    .filter(([, seed]) => Object.keys(seed).length > 0);
  return {
    reused: fatesIn('reused').filter((id) => id !== source.triggerStep),
    executed,
    skipped: fatesIn('dead'),
    keptGenerations: Object.fromEntries(
      executed
        .filter((id) => isUnknown(source.state.steps[id]))
        .map((id) => [id, generationOf(source.state, id, source.generation)]),
    ),
    loops: Object.fromEntries(loops),
  };
}

/**
 * What stands of the iterations of a loop: each is planned as a run of its own that is retried.
 * @param source folded with every iteration remembered
 * @returns by index; nothing of a loop that was undone as a whole
 */
export function planLoop(source: RerunSource, target: CompiledFlow, id: string): LoopSeed {
  const [before, after] = [source.flow.steps.get(id), target.steps.get(id)];
  const known = source.state.steps[id];
  const loop = known?.loop;
  if (before?.body == null || after?.body == null || loop == null) return {};
  if (before.undo.length > 0 && (known?.status === 'compensated' || known?.status === 'compensating')) return {};
  const seed: Record<number, IterationSeed> = {};
  for (const [index, item] of loop.items.entries()) {
    const state = getAt(loop.kept, index) ?? loop.active[index];
    if (state === undefined) {
      const outcome = getAt(loop.outcomes, index);
      // Taken over itself by the run before: nothing in it acted or can be undone.
      if (outcome?.type === 'succeeded') seed[index] = { item, output: outcome.output };
      continue;
    }
    const planned = planRerun({ ...source, state, flow: before.body, triggerStep: '' }, after.body, {
      type: 'unfinished',
    });
    const found = iterationSeed(state, after.body, planned, getAt(loop.outcomes, index));
    if (found !== null) seed[index] = { item, ...found };
  }
  return seed;
}

/** Its output when it is over and nothing in it can be undone any more, else what stands of its steps. */
function iterationSeed(
  state: RunState,
  body: CompiledFlow,
  { reused, executed, keptGenerations, loops }: RerunPlan,
  outcome: IterationOutcome | undefined,
): Omit<IterationSeed, 'item'> | null {
  const isDone = outcome?.type === 'succeeded' && executed.length === 0;
  if (isDone && leftToUndo(state, body, rootScope).length === 0) return { output: outcome.output };
  const isNothing = reused.length + Object.keys(keptGenerations).length + Object.keys(loops).length === 0;
  return isNothing ? null : { steps: reusedSteps(state, reused), keptGenerations, loops };
}

/** Addresses inside loops of steps whose earlier outcome is unknown: their keys are kept. */
export const unknownInLoops = (loops: RerunPlan['loops'], outer: string = noPath): string[] =>
  Object.entries(loops).flatMap(([stepId, seed]) =>
    Object.entries(seed).flatMap(([index, iteration]) => {
      const path = joinPath(outer, iterationText({ stepId, index: Number(index) }));
      return [
        ...Object.keys(iteration.keptGenerations ?? {}).map((id) => addressOf(path, id)),
        ...unknownInLoops(iteration.loops ?? {}, path),
      ];
    }),
  );

/** What a new run begins with. */
export interface RunSeed {
  readonly fromRunId: string;
  readonly steps: readonly ReusedStep[];
  readonly keptGenerations: Readonly<Record<string, string>>;
  readonly loops: Readonly<Record<string, LoopSeed>>;
}

/** All of it at once: what follows is looked for when everything that stands is there. */
export function seedEntries(state: RunState, seed: RunSeed, atMs: number): JournalEntry[] {
  const { fromRunId, steps, keptGenerations, loops } = seed;
  const reused = steps
    .filter(({ id }) => state.steps[id] === undefined)
    .map(
      ({ id, status, port, output, error }): JournalEntry => ({
        type: 'steps.reused',
        v: 1,
        atMs,
        fromRunId,
        stepId: id,
        status,
        port,
        ...(output === undefined ? {} : { output }),
        ...(error === null ? {} : { error }),
      }),
    );
  const kept: JournalEntry[] =
    Object.keys(keptGenerations).length === 0
      ? []
      : [{ type: 'keys.kept', v: 1, atMs, fromRunId, generations: keptGenerations }];
  const iterations = Object.entries(loops).map(
    ([stepId, loop]): JournalEntry => ({
      type: 'iterations.reused',
      v: 1,
      atMs,
      fromRunId,
      stepId,
      output: loop as unknown as JsonValue,
    }),
  );
  return [...reused, ...kept, ...iterations];
}

/** Outcomes to take over, in the order of the plan. */
export const reusedSteps = (source: RunState, ids: readonly string[]): ReusedStep[] =>
  ids.flatMap((id) => {
    const step = source.steps[id];
    return step === undefined
      ? []
      : [{ id, status: effectiveStatus(step), port: step.port, output: step.output, error: step.error }];
  });

/** A step in the middle of being undone is only reused where undoing it never began. */
const effectiveStatus = (step: StepState): StepState['status'] =>
  step.status === 'compensating' ? 'succeeded' : step.status;

/**
 * Whether it was left open if a call of this step took effect: its last attempt ended unknown or never ended, and nobody
 * has decided about it since.
 */
export function isUnknown(step: StepState | undefined): boolean {
  const last = step?.attempts.at(-1);
  if (step === undefined || last === undefined || isSettledForGood(step)) return false;
  return endsUnknown(step) || (last.status === 'running' && last.idempotencyKey !== null);
}

const isSettledForGood = (step: StepState): boolean => isSettled(step.status) && step.status !== 'cancelled';

type Fate =
  | { readonly type: 'reused'; readonly port: string | null }
  | { readonly type: 'open' }
  | { readonly type: 'dead' };
type EdgeFate = 'taken' | 'dead' | 'open';

const open: Fate = { type: 'open' };
const dead: Fate = { type: 'dead' };

class Planner {
  readonly fates = new Map<string, Fate>();
  /** Loops that are entered again with what they had. */
  private readonly sameLoops = new Set<string>();

  /** @param again steps that were asked to act again; null for all */
  constructor(
    private readonly source: RerunSource,
    private readonly target: CompiledFlow,
    private readonly again: ReadonlySet<string> | null,
  ) {}

  /** @param entry how the scope is reached; where it begins there is no edge to tell by */
  planScope(scope: string, entry: EdgeFate): void {
    for (const id of this.target.scopes.get(scope)?.members ?? []) {
      const step = this.target.steps.get(id);
      if (step !== undefined) this.fates.set(id, this.fateOf(step, entry));
    }
  }

  private fateOf(step: CompiledStep, entry: EdgeFate): Fate {
    if (step.manifest.isTrigger) {
      return step.id === this.source.triggerStep ? { type: 'reused', port: 'out' } : dead;
    }
    const way = this.wayTo(step, entry);
    if (step.body !== null && way === 'taken' && this.again?.has(step.id) === false) this.sameLoops.add(step.id);
    if (!step.isContainer) return this.fateOnWay(step, way);
    // A disabled container is passed over, whatever was done in it.
    this.planScope(step.id, step.isDisabled ? 'dead' : way);
    const fate = this.fateOnWay(step, way);
    if (fate.type !== 'reused') return fate;
    if (!this.isWhole(step, fate.port)) return open;
    for (const id of membersWithin(this.target, step.id)) {
      const known = this.source.state.steps[id];
      // What never began in there is passed over with the container.
      const isOver = known !== undefined && isSettled(known.status) && known.status !== 'skipped';
      const isPassedOver = known?.status === 'skipped' && known.port !== null;
      this.fates.set(id, isOver || isPassedOver ? { type: 'reused', port: known.port } : dead);
    }
    return fate;
  }

  /** Whether it is a loop with what came into it before, that nobody asked to act again. */
  isReachedAsBefore(id: string): boolean {
    return this.sameLoops.has(id);
  }

  private fateOnWay(step: CompiledStep, way: EdgeFate): Fate {
    if (way === 'dead') return dead;
    const known = this.source.state.steps[step.id];
    return way === 'taken' && known !== undefined && this.isReusable(step, known)
      ? { type: 'reused', port: known.port }
      : open;
  }

  /** `taken`: the step is reached as it was, so its input is the same. */
  private wayTo(step: CompiledStep, entry: EdgeFate): EdgeFate {
    if (step.incoming.length === 0) return step.scope === rootScope && !this.target.isBody ? 'dead' : entry;
    const edges = step.incoming.map((edge) => ({ edge, fate: this.edgeFate(edge) }));
    if (edges.every(({ fate }) => fate === 'dead')) return 'dead';
    const isOpen = edges.some(({ edge, fate }) => fate === 'open' && (step.join === 'all' || this.wasTaken(edge)));
    return !isOpen && edges.some(({ fate }) => fate === 'taken') ? 'taken' : 'open';
  }

  private edgeFate({ from, port }: { readonly from: string; readonly port: string }): EdgeFate {
    const fate = this.fates.get(from) ?? open;
    if (fate.type !== 'reused') return fate.type;
    return fate.port === port ? 'taken' : 'dead';
  }

  private wasTaken({ from, port }: { readonly from: string; readonly port: string }): boolean {
    return this.source.state.steps[from]?.port === port;
  }

  /** Point 2, without its way. */
  private isReusable(step: CompiledStep, known: StepState): boolean {
    if (this.again === null || this.again.has(step.id) || !this.stands(known)) return false;
    const before = this.source.flow.steps.get(step.id);
    // What undoes or finds out in one version and acts in the other is another step that happens to share a name.
    const isForward =
      before !== undefined && (this.source.flow.scopes.get(before.scope)?.members ?? []).includes(step.id);
    return isForward && before.kind === step.kind && before.isDisabled === step.isDisabled;
  }

  private stands(step: StepState): boolean {
    if (step.port === null || isWithinUndone(this.source, step.id)) return false;
    if (step.status === 'compensating') return !this.hasBegunUndoing(step.id);
    return isSettled(step.status) && step.status !== 'compensated' && step.status !== 'cancelled';
  }

  /** Whether a call that undoes it may have taken effect. */
  private hasBegunUndoing(stepId: string): boolean {
    return (this.source.flow.undoing.get(stepId) ?? []).some((id) => {
      const step = this.source.state.steps[id];
      const mayHaveActed = step?.attempts.some(
        (attempt) => attempt.idempotencyKey !== null && attempt.status !== 'failed',
      );
      return mayHaveActed === true || (step?.status === 'succeeded' && step.attempts.length === 0);
    });
  }

  /**
   * Whether a container that stands can be taken over as it is: it holds no step it did not hold, none of its steps is
   * asked to act again, and nothing of what it did was undone from outside. What it undid itself before its error port
   * caught it is part of its outcome.
   */
  private isWhole(container: CompiledStep, port: string | null): boolean {
    const before = new Set(membersWithin(this.source.flow, container.id));
    return membersWithin(this.target, container.id).every((id) => {
      const isTheSame = before.has(id) && this.source.flow.steps.get(id)?.kind === this.target.steps.get(id)?.kind;
      if (!isTheSame || this.again?.has(id) === true) return false;
      const step = this.source.state.steps[id];
      return port === 'error' || step === undefined || this.stayed(container.id, step);
    });
  }

  /** Not undone; or undone within, by a container whose error port caught its failure. */
  private stayed(outer: string, step: StepState): boolean {
    if (step.status !== 'compensated' && step.status !== 'compensating') return true;
    for (let at = this.source.flow.steps.get(step.id)?.scope ?? outer; at !== outer && at !== rootScope; ) {
      if (this.source.state.steps[at]?.port === 'error') return true;
      at = this.source.flow.steps.get(at)?.scope ?? outer;
    }
    return false;
  }
}

/** Every step of the way forward inside a container, at any depth. */
function membersWithin(flow: CompiledFlow, container: string): string[] {
  return (flow.scopes.get(container)?.members ?? []).flatMap((id) =>
    flow.scopes.has(id) ? [id, ...membersWithin(flow, id)] : [id],
  );
}

/** Whether a container around it was undone as a whole, and it with it. */
function isWithinUndone({ state, flow }: RerunSource, stepId: string): boolean {
  for (
    let at = flow.steps.get(stepId)?.scope ?? rootScope;
    at !== rootScope;
    at = flow.steps.get(at)?.scope ?? rootScope
  ) {
    const status = state.steps[at]?.status;
    if (status === 'compensated' || status === 'compensating') return true;
  }
  return false;
}

/** The step, the containers around it, and whatever stands behind any of them. */
function withEverythingBehind(flow: CompiledFlow, stepId: string): Set<string> {
  const found = new Set<string>();
  const visit = (id: string, isInside: boolean): void => {
    if (found.has(id)) return;
    found.add(id);
    const step = flow.steps.get(id);
    if (step === undefined) return;
    if (isInside) for (const member of flow.scopes.get(id)?.members ?? []) visit(member, true);
    for (const next of [...step.outgoing.values()].flat()) visit(next, true);
  };
  // The containers around it are entered again, but what is in them before the step stays.
  for (let at = flow.steps.get(stepId)?.scope ?? rootScope; at !== rootScope; ) {
    visit(at, false);
    at = flow.steps.get(at)?.scope ?? rootScope;
  }
  visit(stepId, true);
  return found;
}
