/**
 * One wake-up of one run: claim, load, fold, decide, append, perform, feed the outcome back, until the run has nothing to
 * do but wait; then park. Entries gather in memory and are appended when something outside depends on them: before an
 * effect leaves, when the run parks, when it ends. Refuses to act on a run that another live worker owns, and stops at
 * the first append it loses. Long because it is one loop over one state that all parts share.
 */
import { type HeadraceError, isHeadraceError } from '@/core/errors';
import type { CompiledFlow } from '@/core/flow/compiled-flow';
import type { JsonObject } from '@/core/json';
import { limits } from '@/core/limits';
import { runningAttempt } from '@/core/run/attempts';
import type { RunCommand } from '@/core/run/commands';
import { decide } from '@/core/run/decide';
import type { JournalEntry } from '@/core/run/entries';
import { evolve } from '@/core/run/evolve';
import { timeoutAtMs } from '@/core/run/interventions';
import { addressOf, inside, noPath } from '@/core/run/iteration-path';
import { type DueStep, dueSteps, nextDueAtMs, parkedAs } from '@/core/run/next';
import { placeAt } from '@/core/run/places';
import { isTerminal, type RunState } from '@/core/run/types';
import type { AttemptOutcome } from '@/core/steps/contract';
import type { JournalWriter } from '@/server/repositories/journal';
import type { RunSnapshots } from '@/server/repositories/run-snapshots';
import type { LoadedRun, RunStore } from '@/server/repositories/run-store';
import type { OpenedWait } from '@/server/repositories/waits';
import type { Clock, Ids, InboxMessage, Log, RunNotes, WakeUps } from '@/server/services/ports';
import { AppendBuffer } from '@/workers/append-buffer';
import { awaitsEvents } from '@/workers/awaits-events';
import { evaluateTags, readSeed } from '@/workers/beginning';
import type { Children } from '@/workers/children';
import { faultPoint } from '@/workers/fault-point';
import type { FlowVersions } from '@/workers/flow-versions';
import { type InlineDeps, InlineSteps, type RunInHand, type Settled } from '@/workers/inline-steps';
import { contradictsKeptKey } from '@/workers/kept-keys';
import type { Lease } from '@/workers/lease';
import { openEventWaits, openWaits } from '@/workers/open-waits';
import { withinLimit } from '@/workers/outcomes';
import { asStepError, type PlannedAttempt, planAttempt, type RunFrame } from '@/workers/perform-step';
import { type TurnDeps, takeTurn } from '@/workers/take-turn';

export interface InterpreterDeps extends TurnDeps, InlineDeps {
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
  /** Runs of other flows that this one starts, stops and is told of. */
  readonly children: Children;
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

export class WakeUp implements RunInHand {
  state!: RunState;
  loaded!: LoadedRun;
  flow!: CompiledFlow;
  private frame!: RunFrame;
  /** Decided and folded, not yet durable. */
  readonly pending = new AppendBuffer<Settled>();
  private readonly inline: InlineSteps;
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
  ) {
    this.inline = new InlineSteps(deps, this);
  }

  async run(workspaceId: string, runId: string): Promise<WakeUpOutcome> {
    const loaded = await this.deps.runStore.load(workspaceId, runId);
    if (loaded === null || isTerminal(loaded.row.status)) return 'skipped';
    const { row } = loaded;
    if (row.owner !== null && row.owner !== this.deps.lease.workerId && row.isOwnerAlive) return 'skipped';
    // Whoever has left a message before it began wants it ended, and need not wait until the flow is resumed.
    if (row.journalN === 0 && row.isFlowPaused && loaded.inbox.length === 0) {
      // Not held: resumed or asked to end at this very moment, and what was loaded is older than that.
      if (!(await this.deps.hold(workspaceId, runId))) return this.run(workspaceId, runId);
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
      if (row.owner !== null) await this.catchUp(openEventWaits(this.loaded, this.state, this.flow));
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
    return this.tellEnd();
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
        tags: await evaluateTags(this.deps, this.loaded, this.flow, this.frame, atMs),
      });
      // What ends before its turn has taken over nothing, so nothing is undone.
      if (row.seed !== null && !this.isOnlyToEnd) {
        this.obey({ type: 'seed', atMs, ...(await readSeed(this.deps, row.workspaceId, row.seed, this.flow)) });
      }
    } else {
      this.obey({ type: 'loseAttempts', atMs, draw: 0 });
    }
  }

  /** Decides and folds; the entries wait for the next append. @returns whether anything was decided */
  obey(command: RunCommand): boolean {
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
    const found = openWaits(this.state, this.flow).find(({ step }) => step.wait?.id === waitId);
    if (found === undefined) return;
    this.obey({ type: 'endWait', atMs, ...inside(found.path), stepId: found.step.id, waitId, outcome, endedBy });
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
        return this.tellEnd();
      }
      if (this.bell.isRung) {
        await this.hearBell();
        continue;
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

  private async tellEnd(): Promise<'ended'> {
    faultPoint('after-journal');
    const { workspaceId, id, parentRunId } = this.loaded.row;
    if (parentRunId !== null) await this.deps.children.tellParent({ workspaceId, runId: id });
    return 'ended';
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
      const seen = this.state;
      const ready = dueSteps(this.state, this.flow, nowMs).filter((due) => {
        const address = addressOf(due.path, due.step.id);
        return !this.inFlight.has(address) && !intents.has(address) && !this.isJustOpened(due);
      });
      if (ready.length === 0 || this.isDraining()) break;
      for (const due of ready) {
        if (this.isTimer(due)) {
          this.inline.endTimer(due, nowMs);
          continue;
        }
        const planned = await this.plan(due, nowMs, seen);
        if (planned === null) continue;
        const keepsKey = due.state.keptGenerations[due.step.id] !== undefined;
        const known = { row: this.loaded.row, state: due.state };
        if (keepsKey && (await contradictsKeptKey(this.deps.runStore, known, planned))) {
          this.inline.leaveUnknown(planned);
        } else if (planned.plan.type === 'call') {
          this.inline.intend(planned);
          intents.set(planned.address, planned);
        } else {
          await this.inline.settle(planned);
        }
        inTurn += 1;
        if (inTurn % stepsPerTurn === 0) await new Promise(setImmediate);
        const isLarge = this.pending.entries.length >= entriesPerAppend;
        if (isLarge && (await this.append(false)) === 'startedOver') intents.clear();
      }
      // A long loop of steps that only compute is not to be deaf until its end.
      if (this.bell.isRung) break;
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
   * @param seen the state in which it was due
   */
  private async plan({ path, step }: DueStep, nowMs: number, seen: RunState): Promise<PlannedAttempt | null> {
    if (this.state !== seen) {
      const place = placeAt(this.state, this.flow, path);
      const due = place === null ? [] : dueSteps(place.state, place.flow, nowMs);
      if (!due.some((still) => still.path === noPath && still.step === step)) return null;
    }
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

  /** The lease ran out between intent and effect: nothing may leave until it is back and the run is still ours. */
  private async regainLease(): Promise<void> {
    await this.deps.lease.whenValid();
    const fresh = await this.deps.runStore.load(this.loaded.row.workspaceId, this.loaded.row.id);
    const isOurs = fresh?.row.owner === this.deps.lease.workerId && fresh.row.journalN === this.n;
    if (!isOurs) throw new RunLost();
  }

  /** Sends a call whose intent is durable, or runs code, which leaves nothing behind. */
  perform(planned: PlannedAttempt): void {
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
    const code = planned.plan.type === 'code' ? planned.plan.task : null;
    if (code === null && runningAttempt(known) === undefined) return;
    this.obey({
      type: 'settleAttempt',
      atMs: this.deps.clock.nowMs(),
      ...inside(planned.path),
      stepId: planned.step.id,
      startedAtMs: planned.startedAtMs,
      ...(code === null ? {} : { input: { ...planned.input, input: code.input } }),
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
    const { entries, events, opened, closed, stops } = this.pending;
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
      stops,
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
    this.deps.children.ringStarted(row.workspaceId, events);
    if (stops.length > 0) await this.deps.children.stop(row.workspaceId, stops);
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
   * The next one is due when the journal has grown by an eighth, so that all of them together cost no more than the journal.
   */
  private async keepSnapshot(ended: boolean): Promise<void> {
    const { snapshots, log } = this.deps;
    const { workspaceId, id } = this.loaded.row;
    try {
      const news = this.writtenSeq - this.snapshotSeq;
      const isLast = ended && this.writtenSeq >= limits.snapshotEntries;
      if (isLast || news >= Math.max(limits.snapshotEntries, this.snapshotSeq / 8)) {
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

const tagList = (tags: Readonly<Record<string, string>>): string[] | null => {
  const list = Object.entries(tags).map(([name, value]) =>
    `${name}=${value}`.replaceAll('\u0000', '').slice(0, limits.tagLength),
  );
  return list.length === 0 ? null : list;
};
