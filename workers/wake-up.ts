/**
 * One wake-up of one run: claim, load, fold, decide, append, perform, feed the outcome back, until the run has nothing to
 * do but wait; then park. Entries gather in memory and are appended when something outside depends on them: before an
 * effect leaves, when the run parks, when it ends. Refuses to act on a run that another live worker owns, and stops at
 * the first append it loses. Long because it is one loop over one state that all parts share.
 */
import { HeadraceError, isHeadraceError } from '@/core/errors';
import { evaluateTemplate, seededRandom } from '@/core/expression';
import type { CompiledFlow } from '@/core/flow/compiled-flow';
import { labelOf } from '@/core/flow/document';
import type { JsonObject } from '@/core/json';
import { limits } from '@/core/limits';
import { decide } from '@/core/run/decide';
import { type RunCommand } from '@/core/run/commands';
import { runningAttempt } from '@/core/run/attempts';
import { evolve } from '@/core/run/evolve';
import { timeoutAtMs } from '@/core/run/interventions';
import { addressOf, noPath } from '@/core/run/iteration-path';
import { type DueStep, dueSteps, nextDueAtMs, parkedAs } from '@/core/run/next';
import { placeAt, placesOf } from '@/core/run/places';
import { planLoop, reusedSteps } from '@/core/run/replan';
import {
  isTerminal,
  type JournalEntry,
  type LoopSeed,
  type RunState,
  type StepState,
  type Wait,
} from '@/core/run/types';
import type { AttemptOutcome, Awaited, EventDraft, StepError, StepPlan } from '@/core/steps/contract';
import type { JournalWriter } from '@/server/repositories/journal';
import type { RunSnapshots } from '@/server/repositories/run-snapshots';
import type { LoadedRun, RunStore } from '@/server/repositories/run-store';
import type { OpenedWait } from '@/server/repositories/waits';
import type { Clock, Ids, InboxMessage, Log, RunNotes, WakeUps } from '@/server/services/ports';
import type { StoredSeed } from '@/server/services/runs/rerun-store';
import { AppendBuffer } from '@/workers/append-buffer';
import { approvalRequested } from '@/workers/approval-requested';
import { awaitsEvents } from '@/workers/awaits-events';
import type { ChildDraft, PreparedChild } from '@/workers/children';
import { faultPoint } from '@/workers/fault-point';
import type { FlowVersions } from '@/workers/flow-versions';
import { contradictsKeptKey } from '@/workers/kept-keys';
import type { Lease } from '@/workers/lease';
import { timedOut, undrawn, withinLimit } from '@/workers/outcomes';
import { asStepError, type PlannedAttempt, planAttempt, type RunFrame } from '@/workers/perform-step';
import { type TurnDeps, takeTurn } from '@/workers/take-turn';

export interface InterpreterDeps extends TurnDeps {
  readonly runStore: RunStore;
  readonly journal: JournalWriter;
  readonly snapshots: RunSnapshots;
  readonly versions: FlowVersions;
  readonly lease: Lease;
  readonly wakeUps: WakeUps;
  readonly notes: RunNotes;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Variables of a workspace as expressions see them. */
  readonly variables: (workspaceId: string) => Promise<JsonObject>;
  /** Performs the call of a planned attempt. Never throws for what the network does. */
  readonly call: (attempt: PlannedAttempt, loaded: LoadedRun, signal: AbortSignal) => Promise<AttemptOutcome>;
  /** Runs code in the sandbox. Never throws for what the code does. */
  readonly runCode: (attempt: PlannedAttempt, loaded: LoadedRun, signal: AbortSignal) => Promise<AttemptOutcome>;
  /** The event that starts a run of another flow, or why it cannot be started. */
  readonly prepareChild: (loaded: LoadedRun, child: ChildDraft) => Promise<PreparedChild>;
  /**
   * Looks for an event that came before a wait was registered.
   * @returns whether one was found: then a message lies in the inbox
   */
  readonly catchUp: (loaded: LoadedRun, waits: readonly OpenedWait[]) => Promise<boolean>;
  /** Keeps a run back while its flow is paused. @returns whether it is held */
  readonly hold: (workspaceId: string, runId: string) => Promise<boolean>;
}

/** Why a wake-up ended. `lost`: another writer was there first. `skipped`: there was nothing to do for us. */
export type WakeUpOutcome = 'parked' | 'ended' | 'lost' | 'skipped' | 'held';

/** A step that only computes is not allowed to keep the process from serving others for longer than this many steps. */
const stepsPerTurn = 50;
/** Entries gathered before they are written anyway, so that a long pure run is neither lost whole nor held whole. */
const entriesPerAppend = 500;

/** Alarms further ahead than this are left to the reconciler, which looks every second or two. */
const alarmAheadMs = 60 * 60_000;
/** The longest a JavaScript timer can wait. */
const longestTimeoutMs = 2 ** 31 - 1;

/** Thrown inside a wake-up when its append was refused: everything it holds is void. */
export class RunLost extends Error {}

/** Rung when somebody wants the attention of a run that is being carried. */
export interface Bell {
  isRung: boolean;
  onRing: (() => void) | null;
}

const hopLimitError: StepError = {
  code: 'event.hopLimit',
  message: `The event has travelled through ${limits.eventHops} flows, which looks like a loop.`,
  isRetryable: false,
};

/** What all inline settlements have in common. */
type SettleBase = Omit<Extract<RunCommand, { type: 'settleAttempt' }>, 'outcome'>;

/** An outcome with the attempt it belongs to. */
interface Settled {
  readonly planned: PlannedAttempt;
  readonly outcome: AttemptOutcome;
}

export class WakeUp {
  private state!: RunState;
  private loaded!: LoadedRun;
  private flow!: CompiledFlow;
  private frame!: RunFrame;
  /** Decided and folded, not yet durable. */
  private readonly pending = new AppendBuffer<Settled>();
  private n = 0;
  private writtenSeq = 0;
  private inboxSeen = 0;
  /** Entries in the snapshot that is kept; 0 without one. */
  private snapshotSeq = 0;
  /** Addresses of steps with a call or code on its way. */
  private readonly inFlight = new Set<string>();
  /** Outcomes that came back and were not fed in yet. */
  private readonly settled: Settled[] = [];
  /** It is ended before its turn has come. */
  private isOnlyToEnd = false;
  /** Made with the first call: most wake-ups make none, and an abort costs more than a step. */
  private abort: AbortController | null = null;

  constructor(
    private readonly deps: InterpreterDeps,
    private readonly bell: Bell,
    private readonly isDraining: () => boolean,
  ) {}

  async run(workspaceId: string, runId: string): Promise<WakeUpOutcome> {
    const loaded = await this.deps.runStore.load(workspaceId, runId);
    if (loaded === null || isTerminal(loaded.row.status)) return 'skipped';
    const { row } = loaded;
    if (row.owner !== null && row.owner !== this.deps.lease.workerId && row.isOwnerAlive) return 'skipped';
    if (row.journalN === 0 && row.isFlowPaused && (await this.deps.hold(workspaceId, runId))) {
      this.deps.notes.publish(workspaceId, [{ runId, flowId: row.flowId, status: row.status, n: 0 }]);
      return 'held';
    }
    this.loaded = loaded;
    this.state = loaded.state;
    this.n = row.journalN;
    this.writtenSeq = loaded.state.seq;
    this.snapshotSeq = loaded.snapshotSeq;
    this.inboxSeen = row.inboxDone;
    faultPoint('before-intent');
    try {
      this.flow = await this.deps.versions.compiled(workspaceId, row.versionId);
    } catch (error) {
      if (!isHeadraceError(error)) throw error;
      return this.giveUp(error);
    }
    this.pending.reset(this.state, this.flow);
    const turn = await this.takeTurn();
    if (turn !== 'comes') return turn;
    this.frame = {
      event: loaded.event.event,
      run: {},
      vars: await this.deps.variables(workspaceId),
    };
    try {
      await this.begin();
    } catch (error) {
      if (isHeadraceError(error) && error.code === 'run.sourceGone') return this.giveUp(error);
      throw error;
    }
    this.readInbox(loaded);
    try {
      // Whoever left this run may have registered a wait and not have looked at what came before it.
      if (row.owner !== null) await this.catchUp(this.openEventWaits());
      return await this.proceed();
    } catch (error) {
      if (isHeadraceError(error) && error.code === 'run.unstorable') return await this.forget(error);
      throw error;
    } finally {
      if (this.inFlight.size > 0) this.abort?.abort();
    }
  }

  /** @returns `comes` when the run may go on, else what became of the wake-up */
  private async takeTurn(): Promise<WakeUpOutcome | 'comes'> {
    const { row, inbox } = this.loaded;
    if (row.lane === null) return 'comes';
    // A doubled ring for a run that waits for something else takes no place from others.
    const nowMs = this.deps.clock.nowMs();
    const limitMs = timeoutAtMs(this.state, this.flow);
    const isIdle = row.journalN > 0 && inbox.length === 0 && (limitMs === null || limitMs > nowMs);
    if (!row.isAdmitted && isIdle && dueSteps(this.state, this.flow, nowMs).length === 0) return 'comes';
    try {
      const turn = await takeTurn(this.deps, this.loaded);
      if (turn === 'lost') throw new RunLost();
      this.isOnlyToEnd = turn === 'ends';
      if (turn === 'disturbed') this.bell.isRung = true;
      return turn === 'comes' || turn === 'ends' ? 'comes' : 'parked';
    } catch (error) {
      if (isHeadraceError(error) && error.code === 'lane.keyInvalid') return this.giveUp(error);
      throw error;
    }
  }

  /** What cannot be executed or stored never will be: the run fails with the fault instead of being rung for ever. */
  private async giveUp(error: HeadraceError): Promise<WakeUpOutcome> {
    this.deps.log.error({ err: error, runId: this.loaded.row.id }, 'a run cannot go on');
    do {
      const atMs = this.deps.clock.nowMs();
      const entry: JournalEntry = { type: 'run.failed', v: 1, atMs, stepId: null, error: asStepError(error) };
      this.state = evolve(this.state, entry);
      this.pending.add([entry], this.state, this.flow);
    } while ((await this.append(true)) !== 'written');
    faultPoint('after-journal');
    return 'ended';
  }

  /**
   * What was decided since the last append can never be written, and trying again would only decide it again. The run
   * goes back to what is durable and fails with the reason.
   */
  private async forget(error: HeadraceError): Promise<WakeUpOutcome> {
    const { row } = this.loaded;
    const durable = await this.deps.runStore.load(row.workspaceId, row.id);
    if (durable === null || durable.row.journalN !== this.n) throw new RunLost();
    this.state = durable.state;
    this.pending.reset(this.state, this.flow);
    return this.giveUp(error);
  }

  /** Starts a fresh run; of one that somebody else left in mid-attempt, records that those outcomes are unknown. */
  private async begin(): Promise<void> {
    const { row } = this.loaded;
    const atMs = this.deps.clock.nowMs();
    const startedAtMs = this.state.startedAtMs ?? atMs;
    this.frame = {
      ...this.frame,
      run: {
        id: row.id,
        flow: row.flowName,
        version: row.version,
        startedAt: new Date(startedAtMs).toISOString(),
      },
    };
    if (this.state.status === 'queued') {
      this.obey({
        type: 'startRun',
        atMs,
        triggerStep: row.triggerStep,
        tags: await this.evaluateTags(atMs),
      });
      // What ends before its turn has taken over nothing, so nothing is undone.
      if (row.seed !== null && !this.isOnlyToEnd) await this.takeOver(row.seed, atMs);
    } else {
      this.obey({ type: 'loseAttempts', atMs, draw: 0 });
    }
  }

  /**
   * A retry or rerun begins with what stands of the run it comes from. That one has ended, so it reads today as it did
   * when this was planned.
   * @throws HeadraceError `run.sourceGone`
   */
  private async takeOver(
    { fromRunId, reuse, keptGenerations, loops: loopIds = [] }: StoredSeed,
    atMs: number,
  ): Promise<void> {
    const gone = new Set<string>();
    const source = await this.deps.runStore.loadWhole(this.loaded.row.workspaceId, fromRunId, (entry, field) => {
      if (field === 'output' && 'stepId' in entry && entry.stepId !== null) gone.add(entry.stepId);
    });
    if (source === null) throw new HeadraceError('run.sourceGone', `The run ${fromRunId} is gone.`);
    const missing = reuse.find((id) => gone.has(id));
    if (missing !== undefined) {
      throw new HeadraceError('run.sourceGone', `What step "${missing}" made in run ${fromRunId} is gone.`);
    }
    const loops = loopIds.length === 0 ? {} : await this.standingIterations(source, loopIds);
    this.obey({ type: 'seed', atMs, fromRunId, steps: reusedSteps(source.state, reuse), keptGenerations, loops });
  }

  /** What stands of the loops of the source; it has ended, so this comes to what the plan of the rerun came to. */
  private async standingIterations(
    { row, state }: LoadedRun,
    loopIds: readonly string[],
  ): Promise<Record<string, LoopSeed>> {
    const flow = await this.deps.versions.compiled(row.workspaceId, row.versionId);
    const source = { state, flow, generation: row.generation, triggerStep: row.triggerStep };
    return Object.fromEntries(loopIds.map((id) => [id, planLoop(source, this.flow, id)]));
  }

  /** Tags are for finding a run; one that cannot be evaluated is left out and never fails it. */
  private async evaluateTags(nowMs: number): Promise<Record<string, string>> {
    if (this.flow.tags === null) return {};
    const clock = { nowMs, random: seededRandom(this.loaded.row.id) };
    try {
      const value = (await evaluateTemplate(this.flow.tags, this.frame, clock)) ?? {};
      return Object.fromEntries(
        Object.entries(value).map(([name, tag]) => [name, typeof tag === 'string' ? tag : JSON.stringify(tag)]),
      );
    } catch (error) {
      this.deps.log.warn({ err: error, runId: this.loaded.row.id }, 'tags could not be evaluated');
      return {};
    }
  }

  /** Decides and folds; the entries wait for the next append. @returns whether anything was decided */
  private obey(command: RunCommand): boolean {
    const entries = decide(this.state, this.flow, command);
    for (const entry of entries) this.state = evolve(this.state, entry);
    this.pending.add(entries, this.state, this.flow);
    return entries.length > 0;
  }

  private readInbox(loaded: LoadedRun): void {
    const unread = loaded.inbox.filter(({ n }) => n > this.inboxSeen);
    this.inboxSeen = unread.at(-1)?.n ?? this.inboxSeen;
    // What ended a wait is consumed by it, whatever else was asked of the run at the same moment.
    const ends = unread.filter(({ message }) => message.type === 'endWait');
    const others = unread.filter(({ message }) => message.type !== 'endWait');
    for (const { message } of [...ends, ...others]) {
      const atMs = this.deps.clock.nowMs();
      if (message.type === 'endWait') this.endWait(message, atMs);
      else this.obey({ ...message, atMs });
    }
  }

  /** What a step waited for has come; it may wait no more. */
  private endWait({ waitId, outcome, endedBy }: Extract<InboxMessage, { type: 'endWait' }>, atMs: number): void {
    const found = this.openWaits().find(({ step }) => step.wait?.id === waitId);
    if (found === undefined) return;
    this.obey({ type: 'endWait', atMs, ...found.place, stepId: found.step.id, waitId, outcome, endedBy });
  }

  private openWaits(): { readonly place: { readonly path?: string }; readonly step: StepState }[] {
    return placesOf(this.state, this.flow).flatMap(({ path, state }) =>
      Object.values(state.steps).flatMap((step) => (step.wait === null ? [] : [{ place: inside(path), step }])),
    );
  }

  /** Waits for events with what is needed to look for one; the expression stands in the input of the attempt. */
  private openEventWaits(): OpenedWait[] {
    return this.openWaits().flatMap(({ place, step }) => {
      const { wait } = step;
      if (wait === null || wait.awaits.on !== 'event') return [];
      const drawn = placeAt(this.state, this.flow, place.path ?? noPath)?.flow.steps.get(step.id);
      const eventKey = String(drawn?.lazyConfig.eventKey ?? '');
      return [this.opened(wait.id, place.path ?? noPath, step.id, { ...wait.awaits, eventKey }, step.timerAtMs)];
    });
  }

  private opened(
    id: string,
    path: string,
    stepId: string,
    awaits: OpenedWait['awaits'],
    untilMs: number | null,
  ): OpenedWait {
    const { row, event } = this.loaded;
    return { id, runId: row.id, flowId: row.flowId, stepId, path, untilMs, awaits, afterPosition: event.position };
  }

  private async catchUp(waits: readonly OpenedWait[]): Promise<void> {
    if (waits.length === 0) return;
    faultPoint('after-wait');
    if (await this.deps.catchUp(this.loaded, waits)) this.bell.isRung = true;
  }

  private async proceed(): Promise<WakeUpOutcome> {
    for (;;) {
      while (this.settled.length > 0) this.feedBack();
      this.keepTimeLimit();
      if (!isTerminal(this.state.status) && !this.isDraining()) await this.startDueSteps();
      if (isTerminal(this.state.status)) {
        if ((await this.append(true)) !== 'written') continue;
        faultPoint('after-journal');
        return 'ended';
      }
      if (this.settled.length > 0) continue;
      if (this.pending.opened.some(({ awaits }) => awaits.on === 'event')) {
        await this.append(false);
        if (this.bell.isRung) await this.hearBell();
        continue;
      }
      if (this.inFlight.size > 0) {
        await this.waitForOutcome();
        if (this.bell.isRung) await this.hearBell();
        continue;
      }
      // What follows may give the run something to do again; when nothing follows any more, it stands.
      if (this.obey({ type: 'conclude', atMs: this.deps.clock.nowMs() })) continue;
      if ((await this.park()) === 'parked') return 'parked';
    }
  }

  private keepTimeLimit(): void {
    const atMs = this.deps.clock.nowMs();
    const limitMs = timeoutAtMs(this.state, this.flow);
    if (limitMs !== null && limitMs <= atMs) this.obey({ type: 'timeOut', atMs });
  }

  /** Runs pure steps inline for as long as there are any; starts effects once their intents are durable. */
  private async startDueSteps(): Promise<void> {
    const intents = new Map<string, PlannedAttempt>();
    let inTurn = 0;
    for (;;) {
      const nowMs = this.deps.clock.nowMs();
      const ready = dueSteps(this.state, this.flow, nowMs).filter((due) => {
        const address = addressOf(due.path, due.step.id);
        return !this.inFlight.has(address) && !intents.has(address) && !this.isJustOpened(due);
      });
      if (ready.length === 0) break;
      for (const due of ready) {
        if (this.isTimer(due)) {
          this.endTimer(due, nowMs);
          continue;
        }
        const planned = await this.plan(due, nowMs);
        if (planned === null) continue;
        const keepsKey = due.state.keptGenerations[due.step.id] !== undefined;
        const known = { row: this.loaded.row, state: due.state };
        if (keepsKey && (await contradictsKeptKey(this.deps.runStore, known, planned))) {
          this.leaveUnknown(planned);
        } else if (planned.plan.type === 'call') {
          this.intend(planned);
          intents.set(planned.address, planned);
        } else {
          await this.settleInline(planned);
        }
        inTurn += 1;
        if (inTurn % stepsPerTurn === 0) await new Promise(setImmediate);
        const isLarge = this.pending.entries.length >= entriesPerAppend;
        if (isLarge && (await this.append(false)) === 'startedOver') intents.clear();
      }
    }
    if (intents.size === 0) return;
    if ((await this.append(false)) === 'startedOver') return;
    faultPoint('after-intent');
    if (!this.deps.lease.isValid()) await this.regainLease();
    for (const planned of intents.values()) this.perform(planned);
  }

  /**
   * Plans a due step by the state as it is now: one that was due a moment ago may have been settled, stopped or skipped by
   * what came before it in this turn.
   */
  private async plan({ path, step }: DueStep, nowMs: number): Promise<PlannedAttempt | null> {
    const place = placeAt(this.state, this.flow, path);
    if (
      place === null ||
      !dueSteps(place.state, place.flow, nowMs).some((due) => due.path === noPath && due.step === step)
    )
      return null;
    const context = { loaded: this.loaded, flow: this.flow, state: this.state, frame: this.frame, nowMs };
    return planAttempt(context, path, step);
  }

  /** A wait does not end before it was registered and what came before it was looked at, however short it is. */
  private isJustOpened({ step, state }: DueStep): boolean {
    const waitId = state.steps[step.id]?.wait?.id;
    return waitId !== undefined && this.pending.opened.some(({ id }) => id === waitId);
  }

  private isTimer({ step, state }: DueStep): boolean {
    const known = state.steps[step.id];
    return known?.timerAtMs != null && known.retryAtMs === null;
  }

  /**
   * The call would carry an old key and another content than the call whose outcome is unknown. It does not leave: the
   * outcome stays unknown until it is found out, or a person decides.
   */
  private leaveUnknown({ step, path, startedAtMs }: PlannedAttempt): void {
    const error: StepError = {
      code: 'run.unknownOutcome',
      message:
        `Run ${this.loaded.row.retryOf} sent something else, and it is not known whether that took effect. ` +
        'Trying again sends what this run would, under the same idempotency key.',
      isRetryable: false,
    };
    const outcome: AttemptOutcome = { type: 'unknown', error };
    const atMs = this.deps.clock.nowMs();
    this.obey({ type: 'settleAttempt', atMs, ...inside(path), stepId: step.id, startedAtMs, outcome, draw: 0 });
  }

  private intend(planned: PlannedAttempt): void {
    if (planned.plan.type !== 'call') return;
    this.obey({
      type: 'startAttempt',
      atMs: planned.startedAtMs,
      ...inside(planned.path),
      stepId: planned.step.id,
      input: planned.input,
      idempotencyKey: planned.idempotencyKey,
      timeoutMs: planned.timeoutMs,
      effect: planned.plan.effect,
      retriesUnknown: planned.plan.retriesUnknown,
    });
  }

  /** Steps without a call: their outcome is known at once, events and answers travel with the entry. */
  private async settleInline(planned: PlannedAttempt): Promise<void> {
    const { step, path, plan, startedAtMs, input, idempotencyKey } = planned;
    const atMs = this.deps.clock.nowMs();
    const at = { atMs, ...inside(path), stepId: step.id } as const;
    const base = {
      type: 'settleAttempt',
      ...at,
      startedAtMs,
      input,
      draw: Math.random(),
    } as const satisfies SettleBase;
    switch (plan.type) {
      case 'complete':
        this.obey({ ...base, outcome: { ...withinLimit(plan.output, plan.port), ...undrawn(plan.ifUndrawn) } });
        return;
      case 'fail':
        this.obey({ ...base, outcome: { type: 'failed', error: plan.error } });
        return;
      case 'respond':
        this.obey({ ...base, answer: plan.answer, outcome: { type: 'succeeded', output: null, port: 'out' } });
        return;
      case 'publish':
        this.publish(base, plan.event, idempotencyKey);
        return;
      case 'wait':
        this.obey({ type: 'startTimer', ...at, input, untilMs: plan.untilMs });
        return;
      case 'await':
        await this.startWait(planned, plan.awaits, plan.untilMs, base);
        return;
      case 'spawn':
        await this.spawn(planned, plan, base);
        return;
      case 'enter':
        this.obey({ type: 'enterScope', ...at });
        return;
      case 'loop':
        this.obey({ type: 'enterLoop', ...at, input, concurrency: plan.concurrency, onError: plan.onError });
        return;
      case 'code':
        this.perform(planned);
        return;
      case 'call':
        return;
      default:
        plan satisfies never;
    }
  }

  /** The row of the wait, or the run it waits for, is written in the very append that says so. */
  private async startWait(
    { step, path, input }: PlannedAttempt,
    awaits: Awaited,
    untilMs: number | null,
    base: SettleBase,
  ): Promise<void> {
    const waitId = this.deps.ids.uuid();
    const start = (wait: Wait): boolean =>
      this.obey({
        type: 'startWait',
        atMs: base.atMs,
        ...inside(path),
        stepId: step.id,
        input,
        waitId,
        awaits: wait,
        untilMs,
      });
    switch (awaits.on) {
      case 'child': {
        const { flow, data } = awaits;
        const child = await this.deps.prepareChild(this.loaded, { flow, data, stepId: step.id, path, waitId });
        if (child.type === 'refused') {
          this.obey({ ...base, outcome: { type: 'failed', error: child.error } });
        } else if (start({ on: 'child', runId: child.runId, flowId: child.flowId })) {
          this.pending.events.push(child.event);
        }
        return;
      }
      case 'event': {
        const { on, eventType, key } = awaits;
        if (start({ on, eventType, key })) {
          this.pending.opened.push(this.opened(waitId, path, step.id, awaits, untilMs));
        }
        return;
      }
      case 'approval': {
        const { on, title, assignee } = awaits;
        const asked = { id: waitId, stepId: step.id, path, awaits, untilMs, atMs: base.atMs };
        const event = approvalRequested(this.loaded, asked);
        if (event === null) {
          this.obey({ ...base, outcome: { type: 'failed', error: hopLimitError } });
        } else if (start({ on, title, assignee })) {
          this.pending.opened.push(this.opened(waitId, path, step.id, awaits, untilMs));
          this.pending.events.push(event);
        }
        return;
      }
      default:
        awaits satisfies never;
    }
  }

  /** A run that nobody waits for: it exists if and only if this step succeeded. */
  private async spawn(
    { step, path }: PlannedAttempt,
    { flow, data }: Extract<StepPlan, { type: 'spawn' }>,
    base: SettleBase,
  ): Promise<void> {
    const child = await this.deps.prepareChild(this.loaded, { flow, data, stepId: step.id, path, waitId: null });
    if (child.type === 'refused') {
      this.obey({ ...base, outcome: { type: 'failed', error: child.error } });
      return;
    }
    const output = { runId: child.runId };
    if (this.obey({ ...base, outcome: { type: 'succeeded', output, port: 'out' } }))
      this.pending.events.push(child.event);
  }

  /** The instant a delay was waiting for has come; or nothing else has, and the wait is over. */
  private endTimer({ step, path }: DueStep, atMs: number): void {
    const known = placeAt(this.state, this.flow, path)?.state.steps[step.id];
    if (known?.timerAtMs == null || known.status !== 'waiting') return;
    const at = { atMs, ...inside(path), stepId: step.id } as const;
    if (known.wait !== null) {
      const outcome = timedOut(known.wait.awaits.on, labelOf(step.step));
      this.obey({ type: 'endWait', ...at, waitId: known.wait.id, outcome, endedBy: { by: 'time' } });
      return;
    }
    const output = { resumedAt: new Date(atMs).toISOString() };
    const startedAtMs = known.startedAtMs ?? atMs;
    this.obey({
      type: 'settleAttempt',
      ...at,
      startedAtMs,
      outcome: { type: 'succeeded', output, port: 'out' },
      draw: 0,
    });
  }

  /** The event goes into the very append that completes the step: it exists if and only if the step did. */
  private publish(base: SettleBase, event: EventDraft, id: string): void {
    const { row } = this.loaded;
    const hops = row.hops + 1;
    if (hops > limits.eventHops) {
      this.obey({ ...base, outcome: { type: 'failed', error: hopLimitError } });
      return;
    }
    this.obey({ ...base, outcome: { type: 'succeeded', output: { id }, port: 'out' } });
    this.pending.events.push({
      ...event,
      id,
      timeMs: base.atMs,
      attributes: { datacontenttype: 'application/json' },
      raw: null,
      partitionKey: null,
      hops,
      causedByRun: row.id,
      actor: `flow:${row.flowId}`,
      keyTtlMs: 'forever',
      run: null,
    });
  }

  /** The lease ran out between intent and effect: nothing may leave until it is back and the run is still ours. */
  private async regainLease(): Promise<void> {
    await this.deps.lease.whenValid();
    const fresh = await this.deps.runStore.load(this.loaded.row.workspaceId, this.loaded.row.id);
    const isOurs = fresh?.row.owner === this.deps.lease.workerId && fresh.row.journalN === this.n;
    if (!isOurs) throw new RunLost();
  }

  /** Sends a call whose intent is durable, or runs code, which leaves nothing behind. */
  private perform(planned: PlannedAttempt): void {
    this.abort ??= new AbortController();
    this.inFlight.add(planned.address);
    const work =
      planned.plan.type === 'code'
        ? this.deps.runCode(planned, this.loaded, this.abort.signal)
        : this.deps.call(planned, this.loaded, this.abort.signal);
    void work
      .catch((error: unknown): AttemptOutcome => {
        this.deps.log.error({ err: error, runId: this.loaded.row.id, stepId: planned.step.id }, 'a step failed oddly');
        return { type: planned.plan.type === 'code' ? 'failed' : 'unknown', error: asStepError(error) };
      })
      .then((outcome) => {
        faultPoint('after-effect');
        this.inFlight.delete(planned.address);
        this.settled.push({ planned, outcome });
        this.bell.onRing?.();
      });
  }

  private feedBack(): void {
    const next = this.settled.shift();
    if (next === undefined) return;
    const { planned, outcome } = next;
    this.pending.fed.push(next);
    const known = placeAt(this.state, this.flow, planned.path)?.state.steps[planned.step.id];
    const isCode = planned.plan.type === 'code';
    if (!isCode && runningAttempt(known) === undefined) return;
    this.obey({
      type: 'settleAttempt',
      atMs: this.deps.clock.nowMs(),
      ...inside(planned.path),
      stepId: planned.step.id,
      startedAtMs: planned.startedAtMs,
      ...(isCode ? { input: planned.input } : {}),
      outcome: outcome.type === 'succeeded' ? { ...outcome, ...withinLimit(outcome.output, outcome.port) } : outcome,
      draw: Math.random(),
    });
  }

  /** Until a call returns, somebody rings, or something else is due. What was decided so far is made durable first. */
  private async waitForOutcome(): Promise<void> {
    if (this.pending.entries.length > 0) await this.append(false);
    if (this.settled.length > 0 || this.bell.isRung) return;
    const dueAtMs = this.isDraining() ? null : nextDueAtMs(this.state, this.flow);
    let alarm: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.bell.onRing = resolve;
      if (dueAtMs !== null) {
        alarm = setTimeout(resolve, Math.min(Math.max(0, dueAtMs - this.deps.clock.nowMs()), longestTimeoutMs));
      }
    });
    clearTimeout(alarm);
    this.bell.onRing = null;
  }

  /** Somebody left a message while we work: read it, and leave if it was a terminate. */
  private async hearBell(): Promise<void> {
    this.bell.isRung = false;
    const fresh = await this.deps.runStore.load(this.loaded.row.workspaceId, this.loaded.row.id);
    if (fresh === null || fresh.row.journalN !== this.n) throw new RunLost();
    // What was given up is not durable yet, and the message may be about it.
    if (this.pending.closed.length > 0 && fresh.row.inboxN !== this.inboxSeen) await this.startOver();
    else this.readInbox(fresh);
  }

  /** @returns `inbox` when a message arrived in the meantime: the run goes on */
  private async park(): Promise<'parked' | 'inbox'> {
    const { row } = this.loaded;
    // A ring for a run with nothing to do (a doubled one, an alarm that came early) leaves no trace.
    const isUntouched =
      this.n === row.journalN && this.pending.entries.length === 0 && this.inboxSeen === row.inboxDone;
    const verdict = isUntouched && row.owner === null ? 'written' : await this.append(true, true);
    if (verdict === 'startedOver') return 'inbox';
    if (verdict === 'written') {
      faultPoint('after-journal');
      const dueAtMs = nextDueAtMs(this.state, this.flow);
      const inMs = dueAtMs === null ? null : dueAtMs - this.deps.clock.nowMs();
      // The row is the promise. An alarm that is far away would only fill the queue's memory until then.
      if (inMs !== null && inMs <= alarmAheadMs) {
        await this.deps.wakeUps.ringLater({ workspaceId: row.workspaceId, runId: row.id }, inMs);
      }
      return 'parked';
    }
    const fresh = await this.deps.runStore.load(row.workspaceId, row.id);
    if (fresh === null || fresh.row.journalN !== this.n || fresh.row.inboxN === this.inboxSeen) throw new RunLost();
    this.readInbox(fresh);
    return 'inbox';
  }

  /** What the reconciler is promised: now, if a draining worker leaves steps behind that could run; else what is next. */
  private dueAtMs(atMs: number): number | null {
    return dueSteps(this.state, this.flow, atMs).length > 0 ? atMs : nextDueAtMs(this.state, this.flow);
  }

  /**
   * Writes what is pending.
   * @param releases gives the run up: it parks or has ended
   * @param mayMeetInbox the append may be refused because of a message; then `message` is returned
   * @returns `startedOver` when what was pending is void because of a message, and the message has been read
   * @throws RunLost when the run is not ours any more
   */
  private async append(releases: boolean, mayMeetInbox = false): Promise<'written' | 'message' | 'startedOver'> {
    const { row } = this.loaded;
    const atMs = this.deps.clock.nowMs();
    const ended = isTerminal(this.state.status);
    const underWay = this.state.status === 'compensating' ? 'compensating' : 'running';
    const standing = releases ? parkedAs(this.state, this.flow, atMs) : ({ status: underWay, reason: null } as const);
    const { entries, events, opened, closed } = this.pending;
    const registered = opened.filter(({ id }) => !closed.includes(id));
    const isUndisturbed = closed.length > 0;
    const verdict = await this.deps.journal.append({
      workspaceId: row.workspaceId,
      runId: row.id,
      appendId: this.deps.ids.uuid(),
      n: this.n + 1,
      firstSeq: this.writtenSeq + 1,
      entries,
      status: standing.status,
      reason: standing.reason,
      owner: releases ? null : this.deps.lease.workerId,
      dueAtMs: ended || !releases ? null : this.dueAtMs(atMs),
      inboxSeen: this.inboxSeen,
      startedAtMs: this.state.startedAtMs,
      finishedAtMs: ended ? this.state.finishedAtMs : null,
      output: ended && this.state.status === 'succeeded' ? this.state.output : undefined,
      error: ended ? this.state.error : null,
      answer: this.state.answer,
      tags: tagList(this.state.tags),
      events,
      openedWaits: registered,
      closedWaits: closed,
      dropsWaits: ended && awaitsEvents(this.flow),
      isUndisturbed,
      isLaned: row.lane !== null && row.lane.fault === null,
    });
    if (verdict === 'lost') {
      if (isUndisturbed) return this.startOver();
      if (mayMeetInbox || ended) return this.lostOrMessage(mayMeetInbox, ended);
      throw new RunLost();
    }
    this.n += 1;
    this.writtenSeq = this.state.seq;
    this.pending.clear();
    this.deps.notes.publish(row.workspaceId, [
      { runId: row.id, flowId: row.flowId, status: standing.status, n: this.n },
    ]);
    if (events.length > 0) await this.tellDispatcher(row.workspaceId);
    await this.catchUp(registered.filter(({ awaits }) => awaits.on === 'event'));
    await this.keepSnapshot(ended);
    return 'written';
  }

  /**
   * An append that gave a wait up met a message, which may be the very thing that was waited for. What was decided is void:
   * the run goes back to what is durable, reads the message first, and decides anew. Calls under way stay so; outcomes that
   * were fed in are fed in again.
   */
  private async startOver(): Promise<'startedOver'> {
    const fresh = await this.deps.runStore.load(this.loaded.row.workspaceId, this.loaded.row.id);
    if (fresh === null || fresh.row.journalN !== this.n || fresh.row.inboxN === this.inboxSeen) throw new RunLost();
    this.settled.unshift(...this.pending.fed);
    this.state = fresh.state;
    this.inboxSeen = fresh.row.inboxDone;
    this.pending.reset(this.state, this.flow);
    if (this.state.status === 'queued') await this.begin();
    this.readInbox(fresh);
    return 'startedOver';
  }

  /**
   * A shortcut for whoever resumes this run or looks at it; without it everything is folded, so its failure is only told.
   * The next one is due when the journal has grown by a half, so that all of them together cost no more than the journal.
   */
  private async keepSnapshot(ended: boolean): Promise<void> {
    const { snapshots, log } = this.deps;
    const { workspaceId, id } = this.loaded.row;
    try {
      const news = this.writtenSeq - this.snapshotSeq;
      const isLast = ended && this.writtenSeq >= limits.snapshotEntries;
      if (isLast || news >= Math.max(limits.snapshotEntries, this.snapshotSeq / 2)) {
        await snapshots.write(workspaceId, id, this.n, this.state);
        this.snapshotSeq = this.writtenSeq;
      }
    } catch (error) {
      log.warn({ err: error, runId: id }, 'a snapshot could not be kept');
    }
  }

  /** A refused release: a message in the inbox is read and does not undo what was decided; else the run is lost. */
  private async lostOrMessage(mayMeetInbox: boolean, ended: boolean): Promise<'written' | 'message' | 'startedOver'> {
    const fresh = await this.deps.runStore.load(this.loaded.row.workspaceId, this.loaded.row.id);
    if (fresh === null || fresh.row.journalN !== this.n || fresh.row.inboxN === this.inboxSeen) throw new RunLost();
    if (mayMeetInbox) return 'message';
    if (!ended) throw new RunLost();
    // The run had ended when the message came: it is consumed and has no effect (commands after the end are ignored).
    this.inboxSeen = fresh.row.inboxN;
    return this.append(true);
  }

  private async tellDispatcher(workspaceId: string): Promise<void> {
    try {
      await this.deps.wakeUps.streamMoved(workspaceId);
    } catch (error) {
      // The dispatcher looks by itself every few seconds; a lost hint only delays.
      this.deps.log.warn({ err: error, workspaceId }, 'the dispatcher could not be told');
    }
  }
}

/** The place as commands carry it. */
const inside = (path: string): { readonly path?: string } => (path === noPath ? {} : { path });

const tagList = (tags: Readonly<Record<string, string>>): string[] | null => {
  const list = Object.entries(tags).map(([name, value]) =>
    `${name}=${value}`.replaceAll('\u0000', '').slice(0, limits.tagLength),
  );
  return list.length === 0 ? null : list;
};
