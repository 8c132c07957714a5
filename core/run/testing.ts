/** A run in a test: given a drawn flow and commands so far, when a command comes, then these entries. Refuses clocks. */
import { compileFlow } from '@/core/flow/compile';
import type { CompiledFlow } from '@/core/flow/compiled-flow';
import type { FlowDocument } from '@/core/flow/document';
import type { JsonValue } from '@/core/json';
import type { RunCommand } from '@/core/run/commands';
import { decide } from '@/core/run/decide';
import type { JournalEntry } from '@/core/run/entries';
import { evolve } from '@/core/run/evolve';
import { addressOf } from '@/core/run/iteration-path';
import { dueSteps } from '@/core/run/next';
import { initialState } from '@/core/run/state';
import type { LoopState, RunState } from '@/core/run/types';
import type { StepError } from '@/core/steps/contract';

type Timeless<Command> = Command extends RunCommand ? Omit<Command, 'atMs'> : never;

/** `lines[3]/charge` as the place of commands: the step and the iteration it is in. */
const placeOf = (address: string): { readonly stepId: string; readonly path?: string } => {
  const end = address.lastIndexOf('/');
  return end < 0 ? { stepId: address } : { stepId: address.slice(end + 1), path: address.slice(0, end) };
};

/** Steps are named by their address, `lines[3]/charge` for one inside a loop. */
export class TestRun {
  readonly flow: CompiledFlow;
  readonly entries: JournalEntry[] = [];
  state: RunState;
  nowMs = 1_000;

  constructor(document: FlowDocument, eventData: JsonValue = {}) {
    this.flow = compileFlow(document);
    this.state = initialState(eventData);
  }

  /** Decides and folds; returns what this command alone caused. */
  when(command: Timeless<RunCommand>): JournalEntry[] {
    const entries = decide(this.state, this.flow, { ...command, atMs: this.nowMs } as RunCommand);
    for (const entry of entries) this.state = evolve(this.state, entry);
    this.entries.push(...entries);
    return entries;
  }

  started(triggerStep = 'm'): this {
    this.when({ type: 'startRun', triggerStep, tags: {} });
    return this;
  }

  /** A pure step settles. */
  succeeds(stepId: string, output: JsonValue = stepId, port = 'out'): JournalEntry[] {
    return this.when({
      type: 'settleAttempt',
      ...placeOf(stepId),
      startedAtMs: this.nowMs,
      outcome: { type: 'succeeded', output, port },
      draw: 0.5,
    });
  }

  /** A container opens. */
  enters(stepId: string): JournalEntry[] {
    return this.when({ type: 'enterScope', ...placeOf(stepId) });
  }

  /** A loop opens. */
  loops(
    stepId: string,
    items: JsonValue[],
    { concurrency = 1, onError = 'stop' }: { concurrency?: number; onError?: 'stop' | 'continue' } = {},
  ): JournalEntry[] {
    return this.when({ type: 'enterLoop', ...placeOf(stepId), input: { items }, concurrency, onError });
  }

  intends(stepId: string, retriesUnknown = true): JournalEntry[] {
    return this.when({
      type: 'startAttempt',
      ...placeOf(stepId),
      input: { for: stepId },
      idempotencyKey: `key:${stepId}`,
      timeoutMs: 1_000,
      effect: 'idempotent',
      retriesUnknown,
    });
  }

  fails(stepId: string, error: Partial<StepError> = {}, retryAfterMs?: number): JournalEntry[] {
    return this.when({
      type: 'settleAttempt',
      ...placeOf(stepId),
      startedAtMs: this.nowMs,
      outcome: {
        type: 'failed',
        error: { code: 'http.status', message: 'no', isRetryable: false, ...error },
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      },
      draw: 0.5,
    });
  }

  endsUnknown(stepId: string): JournalEntry[] {
    return this.when({
      type: 'settleAttempt',
      ...placeOf(stepId),
      startedAtMs: this.nowMs,
      outcome: { type: 'unknown', error: { code: 'http.unknown', message: 'who knows', isRetryable: true } },
      draw: 0.5,
    });
  }

  concludes(): JournalEntry[] {
    return this.when({ type: 'conclude' });
  }

  due(): string[] {
    return dueSteps(this.state, this.flow, this.nowMs).map(({ path, step }) => addressOf(path, step.id));
  }

  statuses(): Record<string, string> {
    return Object.fromEntries(Object.values(this.state.steps).map((step) => [step.id, step.status]));
  }

  loop(stepId: string): LoopState {
    const loop = this.state.steps[stepId]?.loop;
    if (loop == null) throw new Error(`"${stepId}" was not entered`);
    return loop;
  }
}

/** The types of entries, those of iterations behind the path: `lines[3]: step.succeeded`. */
export const types = (entries: readonly JournalEntry[]): string[] =>
  entries.map(({ path, type }) => (path === undefined ? type : `${path}: ${type}`));
