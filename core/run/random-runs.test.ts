/**
 * Random flows with scopes, compensations and pivots, carried with random outcomes, crashes, cancels and decisions of a
 * person. Whatever happens, the books must be right. A failure names its seed; put it into `seeds` to see it again.
 */
import { describe, expect, it } from 'vitest';
import { seededRandom } from '@/core/expression';
import { compileFlow } from '@/core/flow/compile';
import type { CompiledFlow } from '@/core/flow/compiled-flow';
import type { FlowDocument } from '@/core/flow/document';
import { buildGraph, isBefore } from '@/core/flow/graph';
import { blockedSteps } from '@/core/run/blocked';
import type { RunCommand } from '@/core/run/commands';
import { decide } from '@/core/run/decide';
import type { JournalEntry } from '@/core/run/entries';
import { evolve, fold, foldWhole } from '@/core/run/evolve';
import { addressOf, noPath } from '@/core/run/iteration-path';
import { type DueStep, dueSteps, nextDueAtMs, parkedAs } from '@/core/run/next';
import { type Place, placeAt } from '@/core/run/places';
import { planRerun, type RerunExtent, type RerunPlan, reusedSteps } from '@/core/run/replan';
import { endsUnknown, isHalted, isPastPivot } from '@/core/run/scopes';
import { initialState } from '@/core/run/state';
import { isTerminal, type RunState } from '@/core/run/types';
import { onUnknownOf } from '@/core/steps/http-request/config';
import { type Draw, pick, validDocument } from '@/core/testing/random-flow';

const seeds = Array.from({ length: 500 }, (_, index) => `run ${index}`);

class RandomRun {
  readonly entries: JournalEntry[] = [];
  readonly inFlight = new Map<string, Pick<DueStep, 'path' | 'step'>>();
  state: RunState = initialState({});
  nowMs = 1_000;
  decisions = 0;

  constructor(
    readonly document: FlowDocument,
    readonly flow: CompiledFlow,
    readonly draw: Draw,
  ) {}

  obey(command: RunCommand): boolean {
    const entries = decide(this.state, this.flow, command);
    for (const entry of entries) {
      this.checkBefore(entry);
      this.state = evolve(this.state, entry);
    }
    this.entries.push(...entries);
    return entries.length > 0;
  }

  /** No step of a failing scope begins, and past the pivot nothing is undone that nobody forced. */
  private checkBefore(entry: JournalEntry): void {
    if (entry.type === 'step.started') {
      const { state, flow } = placeAt(this.state, this.flow, entry.path ?? noPath) as Place;
      const step = flow.steps.get(entry.stepId);
      const known = state.steps[entry.stepId];
      const isResolving = known !== undefined && endsUnknown(known);
      if (step?.undoes === null && step.reconciles === null && !isResolving)
        expect(isHalted(state, flow, step.scope)).toBe(false);
      if (step?.undoes != null) expect(state.steps[step.undoes]?.status).toBe('compensating');
    }
    if (entry.type === 'iteration.started') {
      const { state, flow } = placeAt(this.state, this.flow, entry.path ?? noPath) as Place;
      expect(isHalted(state, flow, flow.steps.get(entry.stepId)?.scope ?? '')).toBe(false);
      const loop = state.steps[entry.stepId]?.loop;
      expect(Object.keys(loop?.active ?? {}).length).toBeLessThan(loop?.concurrency ?? 0);
    }
    if (entry.type === 'compensation.started') {
      const { state, flow } = placeAt(this.state, this.flow, entry.path ?? noPath) as Place;
      const isForced = state.scopes[entry.scope]?.failure?.isForced === true;
      expect(isForced || !isPastPivot(state, flow, entry.scope)).toBe(true);
    }
  }

  crash(): void {
    expect(fold({}, JSON.parse(JSON.stringify(this.entries)))).toEqual(this.state);
    this.inFlight.clear();
    this.obey({ type: 'loseAttempts', atMs: this.nowMs, draw: 0 });
  }

  /** One thing that may happen now. @returns false when nothing can */
  step(): boolean {
    const { draw } = this;
    // The clock of a machine may be set back.
    this.nowMs += draw() < 0.02 ? -300 : Math.floor(draw() * 20);
    const atMs = this.nowMs;
    if (draw() < 0.03) this.crash();
    if (draw() < 0.01) this.obey({ type: 'cancel', atMs, actor: 'user:1', reason: null });
    this.obey({ type: 'timeOut', atMs });
    if (isTerminal(this.state.status)) return false;
    const due = dueSteps(this.state, this.flow, atMs).filter(
      ({ path, step }) => !this.inFlight.has(addressOf(path, step.id)),
    );
    if (due.length > 0 && (this.inFlight.size === 0 || draw() < 0.5)) {
      this.begin(pick(draw, due));
      return true;
    }
    if (this.inFlight.size > 0) {
      this.settle(pick(draw, [...this.inFlight.keys()]));
      return true;
    }
    if (this.obey({ type: 'conclude', atMs })) return !isTerminal(this.state.status);
    return this.wait();
  }

  private begin({ path, step }: DueStep): void {
    const base = { atMs: this.nowMs, stepId: step.id, ...(path === noPath ? {} : { path }) };
    if (step.isDisabled) {
      const outcome = { type: 'succeeded', output: null, port: 'out' } as const;
      this.obey({ type: 'settleAttempt', ...base, startedAtMs: this.nowMs, outcome, draw: 0 });
    } else if (step.isContainer) {
      this.obey({ type: 'enterScope', ...base });
    } else if (step.body !== null) {
      const { draw } = this;
      // The same list whenever the flow is carried again.
      const length = Math.floor(seededRandom(addressOf(path, step.id))() * 5);
      const items = Array.from({ length }, (_, index) => index);
      const onError = draw() < 0.5 ? ('stop' as const) : ('continue' as const);
      this.obey({ type: 'enterLoop', ...base, input: { items }, concurrency: 1 + Math.floor(draw() * 3), onError });
    } else {
      const config = step.step.config ?? {};
      const isOnce = onUnknownOf(config) === 'block';
      this.obey({
        type: 'startAttempt',
        ...base,
        input: {},
        idempotencyKey: addressOf(path, step.id),
        timeoutMs: 1000,
        effect: isOnce ? 'once' : 'idempotent',
        retriesUnknown: !isOnce,
      });
      this.inFlight.set(addressOf(path, step.id), { path, step });
    }
  }

  private settle(address: string): void {
    const { path, step } = this.inFlight.get(address) as DueStep;
    this.inFlight.delete(address);
    const chance = this.draw();
    const error = { code: 'http.status', message: 'no', isRetryable: this.draw() < 0.5 };
    const outcome =
      chance < 0.75
        ? ({ type: 'succeeded', output: address, port: 'out' } as const)
        : chance < 0.9
          ? ({ type: 'failed', error } as const)
          : ({ type: 'unknown', error } as const);
    const base = { atMs: this.nowMs, stepId: step.id, ...(path === noPath ? {} : { path }) };
    this.obey({ type: 'settleAttempt', ...base, startedAtMs: this.nowMs, outcome, draw: 0.5 });
  }

  /** Nothing to do by itself: a person decides, or time passes. */
  private wait(): boolean {
    const blocked = blockedSteps(this.state, this.flow);
    if (blocked.length > 0) {
      expect(parkedAs(this.state, this.flow, this.nowMs).status).toBe('blocked');
      const { stepId, actions, path } = pick(this.draw, blocked);
      this.decisions += 1;
      expect(this.decisions).toBeLessThan(500);
      return this.obey({
        type: 'resolve',
        atMs: this.nowMs,
        stepId,
        ...(path === noPath ? {} : { path }),
        action: pick(this.draw, actions),
        actor: 'user:1',
      });
    }
    const dueAtMs = nextDueAtMs(this.state, this.flow);
    if (dueAtMs === null) return false;
    this.nowMs = Math.max(this.nowMs, dueAtMs);
    return true;
  }
}

const terminalTypes = new Set(['run.succeeded', 'run.failed', 'run.compensated', 'run.cancelled', 'run.terminated']);

describe('whatever happens to a run', () => {
  it.each(seeds)('its books are right: %s', (seed) => {
    const draw = seededRandom(seed);
    const document = validDocument(draw);
    const run = new RandomRun(document, compileFlow(document), draw);
    run.obey({ type: 'startRun', atMs: run.nowMs, triggerStep: 'm', tags: {} });
    for (let turns = 0; run.step(); turns += 1) expect(turns).toBeLessThan(5_000);

    expect(isTerminal(run.state.status)).toBe(true);
    expect(run.entries.filter(({ type }) => terminalTypes.has(type))).toHaveLength(1);
    expect(terminalTypes.has(run.entries.at(-1)?.type ?? '')).toBe(true);
    expect(fold({}, JSON.parse(JSON.stringify(run.entries)))).toEqual(run.state);
    checkOrder(run);
    checkEnd(run);
  });
});

describe('whatever happens to a run with loops', () => {
  it.each(seeds)('its books are right: %s', (seed) => {
    const draw = seededRandom(`loops ${seed}`);
    const document = validDocument(draw, 0.7);
    const run = new RandomRun(document, compileFlow(document), draw);
    run.obey({ type: 'startRun', atMs: run.nowMs, triggerStep: 'm', tags: {} });
    for (let turns = 0; run.step(); turns += 1) expect(turns).toBeLessThan(20_000);

    expect(isTerminal(run.state.status)).toBe(true);
    expect(run.entries.filter(({ type, path }) => path === undefined && terminalTypes.has(type))).toHaveLength(1);
    expect(fold({}, JSON.parse(JSON.stringify(run.entries)))).toEqual(run.state);
    checkIterations(run);
    checkUndone(run);
    checkEnd(run);
  });
});

/** Each iteration that began ended once, or was given up with the run by nothing but the end of a loop that was stopped. */
function checkIterations({ entries }: RandomRun): void {
  const ended = new Map<string, number>();
  const began = new Map<string, number>();
  const undoing = new Map<string, number>();
  const count = (counts: Map<string, number>, address: string): void => {
    counts.set(address, (counts.get(address) ?? 0) + 1);
  };
  for (const entry of entries) {
    if (!('index' in entry)) continue;
    const address = addressOf(entry.path ?? noPath, `${entry.stepId}[${entry.index}]`);
    if (entry.type === 'iteration.started') count(began, address);
    if (entry.type === 'iteration.undoing') count(undoing, address);
    if (entry.type === 'iteration.ended') count(ended, address);
  }
  for (const [address, times] of began) {
    expect(times).toBe(1);
    expect(ended.get(address) ?? 0).toBe(1 + (undoing.get(address) ?? 0));
    expect(undoing.get(address) ?? 0).toBeLessThan(2);
  }
}

/** What is done and can be undone is undone once the run says that it was, in every iteration; and never twice. */
function checkUndone({ entries, flow, state }: RandomRun): void {
  const done = new Set<string>();
  const undone = new Map<string, number>();
  let isKept = false;
  for (const entry of entries) {
    const path = entry.path ?? noPath;
    if (entry.type === 'step.resolved' && entry.action === 'skip') isKept = true;
    if (entry.type === 'step.succeeded' && canBeUndone(flow, path, entry.stepId))
      done.add(addressOf(path, entry.stepId));
    if (entry.type !== 'compensation.completed') continue;
    const address = addressOf(path, entry.stepId);
    undone.set(address, (undone.get(address) ?? 0) + 1);
  }
  for (const times of undone.values()) expect(times).toBe(1);
  if (isKept || (state.status !== 'compensated' && state.status !== 'cancelled')) return;
  for (const address of done) {
    const isUndone = [...undone.keys()].some((other) => other === address || isAround(flow, other, address));
    expect(isUndone, address).toBe(true);
  }
}

/** Whether what was undone holds the step: a scope or loop that was undone as a whole, or one that handed it on. */
function isAround(flow: CompiledFlow, outer: string, address: string): boolean {
  const inner = address.split('/');
  for (let depth = inner.length - 1; depth >= 0; depth -= 1) {
    const path = inner.slice(0, depth).join('/');
    const stepId = (inner[depth] ?? '').replace(/\[\d+\]$/, '');
    const body = bodyAt(flow, path);
    for (let at = stepId; at !== ''; at = body?.steps.get(at)?.scope ?? '') {
      if (outer === addressOf(path, at)) return true;
    }
  }
  return false;
}

const bodyAt = (flow: CompiledFlow, path: string): CompiledFlow | undefined =>
  path
    .split('/')
    .filter((part) => part !== '')
    .reduce<CompiledFlow | undefined>(
      (at, part) => at?.steps.get(part.replace(/\[\d+\]$/, ''))?.body ?? undefined,
      flow,
    );

const canBeUndone = (flow: CompiledFlow, path: string, stepId: string): boolean => {
  const step = bodyAt(flow, path)?.steps.get(stepId);
  return step !== undefined && step.undo.length > 0 && !step.isDisabled;
};

describe('whatever happened to a run that is done again', () => {
  it.each([
    ...seeds.slice(0, 250).map((seed) => [seed, 0] as const),
    ...seeds.slice(0, 250).map((seed) => [`${seed}, with loops`, 0.7] as const),
  ])('what is reused does not act, and the books are right: %s', (seed, loops) => {
    const draw = seededRandom(`again ${seed}`);
    const document = validDocument(draw, loops);
    const flow = compileFlow(document);
    let source = new RandomRun(document, flow, draw);
    source.obey({ type: 'startRun', atMs: source.nowMs, triggerStep: 'm', tags: {} });
    const isCutOff = draw() < 0.5;
    const giveUp = () => source.obey({ type: 'terminate', atMs: source.nowMs, actor: 'user:1', reason: null });
    while (source.step()) if (isCutOff && draw() < 0.1) giveUp();
    for (let generation = 0; generation < 3; generation += 1) {
      const run: RandomRun = new RandomRun(document, flow, draw);
      const plan = planRerun(
        { state: foldWhole({}, source.entries), flow, generation, triggerStep: 'm' },
        flow,
        randomExtent(draw, flow),
      );
      run.obey({ type: 'startRun', atMs: run.nowMs, triggerStep: 'm', tags: {} });
      const steps = reusedSteps(source.state, plan.reused);
      run.obey({
        type: 'seed',
        atMs: run.nowMs,
        fromRunId: 'r',
        steps,
        keptGenerations: plan.keptGenerations,
        loops: plan.loops,
      });
      checkPlan(plan, source, run);
      for (let turns = 0; run.step(); turns += 1) expect(turns).toBeLessThan(20_000);
      expect(isTerminal(run.state.status)).toBe(true);
      expect(fold({}, JSON.parse(JSON.stringify(run.entries)))).toEqual(run.state);
      const standing = new Set(standingIn(plan.loops));
      for (const entry of run.entries) {
        const address = addressOf(entry.path ?? noPath, 'stepId' in entry ? (entry.stepId ?? '') : '');
        if (entry.type === 'step.started') expect(standing).not.toContain(address);
        if (entry.type === 'iteration.started') expect(standing).not.toContain(`${address}[${entry.index}]`);
        if (entry.path !== undefined) continue;
        if (entry.type === 'step.started' || entry.type === 'scope.entered')
          expect(plan.reused).not.toContain(entry.stepId);
        if (entry.type === 'step.started' && isForward(flow, entry.stepId))
          expect(plan.executed).toContain(entry.stepId);
      }
      for (const id of plan.skipped) expect(['pending', 'skipped']).toContain(run.state.steps[id]?.status ?? 'pending');
      if (loops === 0) checkOrder(run);
      checkEnd(run);
      source = run;
    }
  });
});

/** Addresses of iterations that stand whole, and of the steps that stand in others. */
const standingIn = (loops: RerunPlan['loops'], outer = noPath): string[] =>
  Object.entries(loops).flatMap(([stepId, seed]) =>
    Object.entries(seed).flatMap(([index, { output, steps = [], loops: inner = {} }]) => {
      const path = addressOf(outer, `${stepId}[${index}]`);
      return output === undefined
        ? [...steps.map(({ id }) => addressOf(path, id)), ...standingIn(inner, path)]
        : [path];
    }),
  );

const isForward = (flow: CompiledFlow, id: string): boolean =>
  flow.scopes.get(flow.steps.get(id)?.scope ?? '')?.members.includes(id) === true;

function randomExtent(draw: Draw, flow: CompiledFlow): RerunExtent {
  const candidates = flow.order.filter((id) => id !== 'm' && isForward(flow, id));
  const chance = draw();
  if (chance < 0.5 || candidates.length === 0) return { type: 'unfinished' };
  return chance < 0.6 ? { type: 'whole' } : { type: 'from', stepId: pick(draw, candidates) };
}

/** Every step is in one list; what is reused stands on what is reused; and what the engine finds dead was foretold. */
function checkPlan(plan: RerunPlan, source: RandomRun, run: RandomRun): void {
  const { flow } = run;
  const all = [...plan.reused, ...plan.executed, ...plan.skipped];
  expect(all.toSorted()).toEqual(flow.order.filter((id) => id !== 'm' && isForward(flow, id)).toSorted());
  const reused = new Set(['m', ...plan.reused]);
  for (const id of plan.reused) {
    const before =
      flow.steps.get(id)?.incoming.filter(({ from, port }) => source.state.steps[from]?.port === port) ?? [];
    if (flow.steps.get(id)?.join === 'all') for (const { from } of before) expect(reused).toContain(from);
    expect(before.length === 0 || before.some(({ from }) => reused.has(from))).toBe(true);
  }
  const dead = run.entries.flatMap((entry) => (entry.type === 'steps.skipped' ? entry.stepIds : []));
  for (const id of dead) expect(plan.skipped).toContain(id);
}

/** What one scope undoes, it undoes from the end of each path: what was built on a step is gone before the step is. */
function checkOrder({ entries, document }: RandomRun): void {
  const graph = buildGraph(document);
  const undone = entries.flatMap((entry, index) =>
    entry.type === 'compensation.completed' ? [{ ...entry, index }] : [],
  );
  for (const [index, entry] of entries.entries()) {
    if (entry.type !== 'compensation.started') continue;
    for (const other of undone.filter(({ scope }) => scope === entry.scope)) {
      if (isBefore(graph, entry.stepId, other.stepId)) expect(other.index).toBeLessThan(index);
    }
  }
}

/** A run that failed whole leaves nothing half done; one that succeeded has undone nothing outside of scopes that failed. */
function checkEnd({ state, flow }: RandomRun): void {
  const left = [...flow.steps.values()].filter(
    (step) =>
      step.undo.length > 0 &&
      step.scope === '' &&
      !step.isDisabled &&
      state.steps[step.id]?.status === 'succeeded' &&
      state.steps[step.id]?.isUndoSkipped !== true,
  );
  if (state.status === 'compensated') expect(left).toEqual([]);
  if (state.status === 'cancelled') expect(left).toEqual([]);
  if (state.status === 'succeeded') {
    const undone = [...flow.steps.values()].filter((step) => state.steps[step.id]?.status === 'compensated');
    for (const step of undone) expect(step.scope).not.toBe('');
  }
  expect(Object.values(state.steps).filter((step) => step.status === 'compensating')).toEqual([]);
  const unknown = Object.values(state.steps).filter(({ status }) => status === 'unknown');
  expect(unknown.filter(({ id }) => flow.steps.get(id)?.reconciles === null)).toEqual([]);
}
