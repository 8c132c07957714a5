/**
 * Turns planned attempts into decisions: what a step that makes no call comes to, the waits it begins, the runs it starts, the
 * events it publishes. All of it travels in the append that says so. Refuses to write: the wake-up does, for all of them at
 * once.
 */
import type { CompiledFlow } from '@/core/flow/compiled-flow';
import { labelOf } from '@/core/flow/document';
import { limits } from '@/core/limits';
import type { RunCommand } from '@/core/run/commands';
import { inside } from '@/core/run/iteration-path';
import type { DueStep } from '@/core/run/next';
import { placeAt } from '@/core/run/places';
import type { RunState, Wait } from '@/core/run/types';
import type { AttemptOutcome, Awaited, EventDraft, StepError, StepPlan } from '@/core/steps/contract';
import type { LoadedRun } from '@/server/repositories/run-store';
import type { Clock, Ids } from '@/server/services/ports';
import type { AppendBuffer } from '@/workers/append-buffer';
import { approvalRequested } from '@/workers/approval-requested';
import type { Children } from '@/workers/children';
import { openedWait } from '@/workers/open-waits';
import { timedOut, undrawn, withinLimit } from '@/workers/outcomes';
import type { PlannedAttempt } from '@/workers/perform-step';

export interface InlineDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly children: Pick<Children, 'prepare'>;
}

/** An outcome with the attempt it belongs to. */
export interface Settled {
  readonly planned: PlannedAttempt;
  readonly outcome: AttemptOutcome;
}

/** The run that is being carried, as far as its steps need it. */
export interface RunInHand {
  readonly loaded: LoadedRun;
  readonly flow: CompiledFlow;
  readonly state: RunState;
  readonly pending: AppendBuffer<Settled>;
  /** Decides and folds. @returns whether anything was decided */
  obey(command: RunCommand): boolean;
  /** Begins what takes time. */
  perform(planned: PlannedAttempt): void;
}

const hopLimitError: StepError = {
  code: 'event.hopLimit',
  message: `The event has travelled through ${limits.eventHops} flows, which looks like a loop.`,
  isRetryable: false,
};

/** What all inline settlements have in common. */
type SettleBase = Omit<Extract<RunCommand, { type: 'settleAttempt' }>, 'outcome'>;

export class InlineSteps {
  constructor(
    private readonly deps: InlineDeps,
    private readonly hand: RunInHand,
  ) {}

  /** Steps without a call: their outcome is known at once, events and answers travel with the entry. */
  async settle(planned: PlannedAttempt): Promise<void> {
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
        this.hand.obey({ ...base, outcome: { ...withinLimit(plan.output, plan.port), ...undrawn(plan.ifUndrawn) } });
        return;
      case 'fail':
        this.hand.obey({ ...base, outcome: { type: 'failed', error: plan.error } });
        return;
      case 'respond':
        this.hand.obey({ ...base, answer: plan.answer, outcome: { type: 'succeeded', output: null, port: 'out' } });
        return;
      case 'publish':
        this.publish(base, plan.event, idempotencyKey);
        return;
      case 'wait':
        this.hand.obey({ type: 'startTimer', ...at, input, untilMs: plan.untilMs });
        return;
      case 'await':
        await this.startWait(planned, plan.awaits, plan.untilMs, base);
        return;
      case 'spawn':
        await this.spawn(planned, plan, base);
        return;
      case 'enter':
        this.hand.obey({ type: 'enterScope', ...at });
        return;
      case 'loop':
        this.hand.obey({ type: 'enterLoop', ...at, input, concurrency: plan.concurrency, onError: plan.onError });
        return;
      case 'code':
        this.hand.perform(planned);
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
      this.hand.obey({
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
        const child = await this.deps.children.prepare(this.hand.loaded, { flow, data, stepId: step.id, path, waitId });
        if (child.type === 'refused') {
          this.hand.obey({ ...base, outcome: { type: 'failed', error: child.error } });
        } else if (start({ on: 'child', runId: child.runId, flowId: child.flowId })) {
          this.hand.pending.events.push(child.event);
        }
        return;
      }
      case 'event': {
        const { on, eventType, key } = awaits;
        if (start({ on, eventType, key })) {
          this.hand.pending.opened.push(
            openedWait(this.hand.loaded, { id: waitId, path, stepId: step.id, awaits, untilMs }),
          );
        }
        return;
      }
      case 'approval': {
        const { on, title, assignee } = awaits;
        const asked = { id: waitId, stepId: step.id, path, awaits, untilMs, atMs: base.atMs };
        const event = approvalRequested(this.hand.loaded, asked);
        if (event === null) {
          this.hand.obey({ ...base, outcome: { type: 'failed', error: hopLimitError } });
        } else if (start({ on, title, assignee })) {
          this.hand.pending.opened.push(
            openedWait(this.hand.loaded, { id: waitId, path, stepId: step.id, awaits, untilMs }),
          );
          this.hand.pending.events.push(event);
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
    const child = await this.deps.children.prepare(this.hand.loaded, {
      flow,
      data,
      stepId: step.id,
      path,
      waitId: null,
    });
    if (child.type === 'refused') {
      this.hand.obey({ ...base, outcome: { type: 'failed', error: child.error } });
      return;
    }
    const output = { runId: child.runId };
    if (this.hand.obey({ ...base, outcome: { type: 'succeeded', output, port: 'out' } }))
      this.hand.pending.events.push(child.event);
  }

  /** The event goes into the very append that completes the step: it exists if and only if the step did. */
  private publish(base: SettleBase, event: EventDraft, id: string): void {
    const { row } = this.hand.loaded;
    const hops = row.hops + 1;
    if (hops > limits.eventHops) {
      this.hand.obey({ ...base, outcome: { type: 'failed', error: hopLimitError } });
      return;
    }
    this.hand.obey({ ...base, outcome: { type: 'succeeded', output: { id }, port: 'out' } });
    this.hand.pending.events.push({
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

  /** The instant a delay was waiting for has come; or nothing else has, and the wait is over. */
  endTimer({ step, path }: DueStep, atMs: number): void {
    const known = placeAt(this.hand.state, this.hand.flow, path)?.state.steps[step.id];
    if (known?.timerAtMs == null || known.status !== 'waiting') return;
    const at = { atMs, ...inside(path), stepId: step.id } as const;
    if (known.wait?.awaits.on === 'child') {
      this.hand.obey({ type: 'overrunWait', ...at, waitId: known.wait.id });
      return;
    }
    if (known.wait !== null) {
      const outcome = timedOut(known.wait.awaits.on, labelOf(step.step));
      this.hand.obey({ type: 'endWait', ...at, waitId: known.wait.id, outcome, endedBy: { by: 'time' } });
      return;
    }
    const output = { resumedAt: new Date(atMs).toISOString() };
    const startedAtMs = known.startedAtMs ?? atMs;
    this.hand.obey({
      type: 'settleAttempt',
      ...at,
      startedAtMs,
      outcome: { type: 'succeeded', output, port: 'out' },
      draw: 0,
    });
  }

  intend(planned: PlannedAttempt): void {
    if (planned.plan.type !== 'call') return;
    this.hand.obey({
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

  /**
   * The call would carry an old key and another content than the call whose outcome is unknown. It does not leave: the
   * outcome stays unknown until it is found out, or a person decides.
   */
  leaveUnknown({ step, path, startedAtMs }: PlannedAttempt): void {
    const error: StepError = {
      code: 'run.unknownOutcome',
      message:
        `Run ${this.hand.loaded.row.retryOf} sent something else, and it is not known whether that took effect. ` +
        'Trying again sends what this run would, under the same idempotency key.',
      isRetryable: false,
    };
    const outcome: AttemptOutcome = { type: 'unknown', error };
    const atMs = this.deps.clock.nowMs();
    this.hand.obey({ type: 'settleAttempt', atMs, ...inside(path), stepId: step.id, startedAtMs, outcome, draw: 0 });
  }
}
