/**
 * Why a run ended as it did, or why it stands still, in one sentence with the step called by its name. Refuses to say
 * anything about a run that simply goes on or succeeded: the chip says that.
 */
import { failingStep } from './choose-step';
import type { JournalEntry, RunView } from './types';

export interface RunSentence {
  /** What happened, set in bold; ends without a sign. */
  readonly lead: string;
  /** The cause or the consequence; empty when the lead says it all. */
  readonly rest: string;
  /** The step it is about, to be opened. */
  readonly stepId: string | null;
  /** When it goes on by itself, ISO 8601. */
  readonly until?: string;
}

/** Who stopped a run, as the journal holds it. */
export interface StopFacts {
  readonly actor: string;
  readonly reason: string | null;
}

export interface SentenceContext {
  /** The name of a step; its id when the document is not there. */
  readonly nameOf: (stepId: string) => string;
  /** Tries a step may have by its retry policy, when known. */
  readonly triesOf?: (stepId: string) => number | undefined;
  readonly stop?: StopFacts | null;
  /** `user:<id>` of whoever looks. */
  readonly me?: string;
  readonly nowMs?: number;
}

/** A worker takes a run within milliseconds; after this long it is worth a word that none did. */
const queuedLongMs = 5_000;

/** @returns null when there is nothing to explain */
export function runSentence(run: RunView, context: SentenceContext): RunSentence | null {
  switch (run.status) {
    case 'failed':
      return failedSentence(run, context);
    case 'cancelled':
    case 'terminated':
      return stoppedSentence(run, context);
    case 'queued':
    case 'running':
    case 'waiting':
    case 'blocked':
    case 'compensating':
    case 'compensated':
      return reasonSentence(run, context);
    case 'succeeded':
      return null;
    default:
      return run.status satisfies never;
  }
}

function failedSentence(run: RunView, { nameOf }: SentenceContext): RunSentence {
  const step = failingStep(run);
  const message = run.error?.message ?? '';
  if (step === null) return { lead: 'Failed', rest: message, stepId: null };
  return { lead: `Failed because ${nameOf(step.id)} failed`, rest: message, stepId: step.id };
}

function stoppedSentence(run: RunView, context: SentenceContext): RunSentence {
  const verb = run.status === 'cancelled' ? 'Cancelled' : 'Terminated';
  const { stop, me } = context;
  const by = stop == null ? '' : ` by ${actorWords(stop.actor, me)}`;
  const why = stop?.reason == null || stop.reason === '' ? '' : `${asSentence(stop.reason)} `;
  const undone =
    run.status === 'cancelled'
      ? 'No further step was started; what had been done was not undone.'
      : 'It was stopped at once and nothing was undone.';
  return { lead: `${verb}${by}`, rest: `${why}${undone}`, stepId: null };
}

function reasonSentence(run: RunView, { nameOf, triesOf, nowMs }: SentenceContext): RunSentence | null {
  const { reason } = run;
  if (reason === null) return lateSentence(run, nowMs);
  const stepId = reason.stepId ?? null;
  const name = stepId === null ? null : nameOf(stepId);
  const step = run.steps.find(({ id }) => id === stepId);
  const until = reason.until === undefined ? {} : { until: reason.until };
  if (reason.code === 'retry' && name !== null && step !== undefined) {
    const tries = stepId === null ? undefined : triesOf?.(stepId);
    const which = `attempt ${step.attempts.length + 1}${tries === undefined ? '' : ` of ${tries}`}`;
    return { lead: `Waiting to try ${name} again, ${which}`, rest: step.error?.message ?? '', stepId, ...until };
  }
  if (reason.code === 'blocked.unknown' && name !== null && step !== undefined) {
    const advice = 'Look into the system it called before you decide.';
    return {
      lead: `Blocked, because nobody knows whether ${name} took effect`,
      rest: step.error === null ? advice : `${asSentence(step.error.message)} ${advice}`,
      stepId,
    };
  }
  if (reason.code === 'paused') {
    return { lead: 'Held, because the flow is paused', rest: 'It goes on when the flow is resumed.', stepId };
  }
  return { lead: reason.message.replace(/\.$/, ''), rest: '', stepId, ...until };
}

function lateSentence(run: RunView, nowMs: number | undefined): RunSentence | null {
  if (run.status !== 'queued' || nowMs === undefined || nowMs - Date.parse(run.createdAt) < queuedLongMs) return null;
  return {
    lead: 'No worker has taken this run yet',
    rest: 'It is safe and starts by itself. Settings, Workers shows which workers are there.',
    stepId: null,
  };
}

/** Whether {@link stopFacts} has something to find. */
export const wasStopped = (run: RunView): boolean => run.status === 'cancelled' || run.status === 'terminated';

/** Who stopped the run and why, from its journal; the last word counts. */
export function stopFacts(entries: readonly JournalEntry[]): StopFacts | null {
  const entry = entries.findLast(({ type }) => type === 'run.terminated' || type === 'run.cancelRequested');
  const data = entry?.data as Partial<StopFacts> | undefined;
  return typeof data?.actor === 'string' ? { actor: data.actor, reason: data.reason ?? null } : null;
}

/** @param me `user:<id>` of whoever looks */
export function actorWords(actor: string, me: string | undefined): string {
  if (actor === me) return 'you';
  if (actor.startsWith('user:')) return 'somebody of this workspace';
  if (actor.startsWith('key:')) return 'a program with an API key';
  return actor === 'system' ? 'Headrace' : actor;
}

const asSentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
