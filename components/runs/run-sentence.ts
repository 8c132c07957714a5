/**
 * Why a run ended as it did, or why it stands still, in one sentence with the step called by its name. Refuses to say
 * anything about a run that simply goes on or succeeded: the chip says that.
 */
import { noPath } from '@/core/run/iteration-path';
import { failingPlace, failingStep } from './choose-step';
import { placeName, stepAt } from './iterations';
import type { JournalEntry, RunView, StepView } from './types';

export interface RunSentence {
  /** What happened, set in bold; ends without a sign. */
  readonly lead: string;
  /** The cause or the consequence; empty when the lead says it all. */
  readonly rest: string;
  /** The step it is about, to be opened. */
  readonly stepId: string | null;
  /** The iteration the step is in; absent when in none. */
  readonly path?: string;
  /** The run it waits for, to be opened. */
  readonly runId?: string;
  /** When it goes on by itself, ISO 8601. */
  readonly until?: string;
  /** What happens at that instant. */
  readonly untilWords?: string;
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
  /** The step that another one undoes; null for a step of the way forward. */
  readonly undoesOf?: (stepId: string) => string | null;
  readonly stop?: StopFacts | null;
  /** `user:<id>` of whoever looks. */
  readonly me?: string;
  readonly nowMs?: number;
}

/** A worker takes a run within milliseconds; after this long it is worth a word that none did. */
const queuedLongMs = 5_000;

/** @returns null when there is nothing to explain */
export function runSentence(run: RunView, context: SentenceContext): RunSentence | null {
  const sentence = sentenceOf(run, context);
  const path = run.reason === null ? failingPlace(run)?.path : run.reason.path;
  const isInside = sentence !== null && sentence.stepId !== null && path !== undefined && path !== noPath;
  return isInside ? { ...sentence, path } : sentence;
}

function sentenceOf(run: RunView, context: SentenceContext): RunSentence | null {
  switch (run.status) {
    case 'failed':
      return failedSentence(run, context);
    case 'cancelled':
    case 'terminated':
      return stoppedSentence(run, context);
    case 'compensated':
      return compensatedSentence(run, context);
    case 'compensating':
      return run.reason === null ? compensatingSentence(run, context) : reasonSentence(run, context);
    case 'queued':
    case 'running':
    case 'waiting':
    case 'blocked':
      return reasonSentence(run, context);
    case 'succeeded':
      return null;
    default:
      return run.status satisfies never;
  }
}

function failedSentence(run: RunView, context: SentenceContext): RunSentence {
  const { lead, message, stepId } = causeOf(run, 'Failed', context);
  const undone = undoneCount(run);
  const kept = undone === 0 ? '' : ` ${countOf(undone)} compensated; an effect that a person let stay was not.`;
  return { lead, rest: undone === 0 ? message : `${asSentence(message)}${kept}`, stepId };
}

function compensatedSentence(run: RunView, context: SentenceContext): RunSentence {
  const { lead, message, stepId } = causeOf(run, 'Compensated', context);
  return { lead, rest: `${asSentence(message)} ${countOf(undoneCount(run))} compensated, last first.`.trim(), stepId };
}

function compensatingSentence(run: RunView, context: SentenceContext): RunSentence {
  const { lead, message, stepId } = causeOf(run, 'Compensating', context);
  const left = run.steps.filter(({ status }) => status === 'compensating').map(({ id }) => context.nameOf(id));
  const now = left.length === 0 ? '' : `Now undoing ${[...new Set(left)].join(' and ')}.`;
  return { lead, rest: `${asSentence(message)} ${now}`.trim(), stepId };
}

/** A verb with the step to blame, when there is one; a run that was cancelled or ran out of time blames none. */
function causeOf(
  run: RunView,
  verb: string,
  { nameOf }: SentenceContext,
): { readonly lead: string; readonly message: string; readonly stepId: string | null } {
  const step = failingStep(run);
  const message = run.error?.message ?? step?.error?.message ?? '';
  if (step === null) return { lead: verb, message, stepId: null };
  return { lead: `${verb} because ${nameOf(step.id)} failed`, message, stepId: step.id };
}

const undoneCount = (run: RunView): number => run.steps.filter(({ status }) => status === 'compensated').length;

const countOf = (count: number): string => (count === 1 ? '1 completed step was' : `${count} completed steps were`);

function stoppedSentence(run: RunView, context: SentenceContext): RunSentence {
  const verb = run.status === 'cancelled' ? 'Cancelled' : 'Terminated';
  const { stop, me, nameOf } = context;
  const by = stop == null ? '' : ` by ${actorWords(stop.actor, me)}`;
  const why = stop?.reason == null || stop.reason === '' ? '' : `${asSentence(stop.reason)} `;
  const undone = run.steps.filter(({ status }) => status === 'compensated').map(({ id }) => nameOf(id));
  const after =
    run.status === 'terminated'
      ? `It was stopped at once and nothing ${undone.length === 0 ? '' : 'more '}was undone.`
      : undone.length === 0
        ? 'No further step was started; nothing was undone.'
        : `No further step was started; what had been done was undone: ${[...new Set(undone)].join(', ')}.`;
  return { lead: `${verb}${by}`, rest: `${why}${after}`, stepId: null };
}

function reasonSentence(run: RunView, context: SentenceContext): RunSentence | null {
  const { reason } = run;
  const { nameOf, triesOf, nowMs } = context;
  if (reason === null) return lateSentence(run, nowMs);
  const stepId = reason.stepId ?? null;
  const path = reason.path ?? noPath;
  const name = stepId === null ? null : placeName({ stepId, path }, nameOf);
  const step = stepId === null ? undefined : stepAt(run.steps, { stepId, path });
  const until = reason.until === undefined ? {} : { until: reason.until };
  if (reason.code === 'retry' && name !== null && step !== undefined) {
    const tries = stepId === null ? undefined : triesOf?.(stepId);
    const which = `attempt ${step.attempts.length + 1}${tries === undefined ? '' : ` of ${tries}`}`;
    const untilWords = 'The next attempt is at';
    return {
      lead: `Waiting to try ${name} again, ${which}`,
      rest: step.error?.message ?? '',
      stepId,
      untilWords,
      ...until,
    };
  }
  if (reason.code === 'timer' && name !== null) {
    return { lead: `${name} waits`, rest: '', stepId, untilWords: 'The run goes on at', ...until };
  }
  if (reason.code === 'approval') {
    // `<step> waits for <somebody> to answer: <question>`
    const at = reason.message.indexOf(': ');
    const [lead, rest] = [reason.message.slice(0, at), reason.message.slice(at + 2)];
    return { lead, rest, stepId, untilWords: 'Until', ...until };
  }
  if (reason.code.startsWith('blocked.') && name !== null && step !== undefined) {
    return { ...blockedWords(reason.code, name, step, context), stepId };
  }
  if (reason.code === 'lane') {
    const behind = reason.runId === undefined ? {} : { runId: reason.runId };
    return { lead: reason.message.replace(/\.$/, ''), rest: '', stepId, ...behind };
  }
  if (reason.code === 'paused') {
    return { lead: 'Held, because the flow is paused', rest: 'It goes on when the flow is resumed.', stepId };
  }
  const awaited = reason.code === 'child' && reason.runId !== undefined ? { runId: reason.runId } : {};
  return { lead: reason.message.replace(/\.$/, ''), rest: '', stepId, untilWords: 'Until', ...until, ...awaited };
}

function blockedWords(
  code: string,
  name: string,
  step: StepView,
  { nameOf, undoesOf }: SentenceContext,
): Pick<RunSentence, 'lead' | 'rest'> {
  const message = step.error === null ? '' : `${asSentence(step.error.message)} `;
  const undone = undoesOf?.(step.id) ?? null;
  if (code === 'blocked.compensation') {
    const what = undone === null ? name : `${nameOf(undone)} could not be undone: ${name}`;
    return { lead: `Blocked, because ${what} failed`, rest: `${message}What is left to undo waits behind it.` };
  }
  if (code === 'blocked.pastPivot') {
    const rest = `${message}Nothing before the pivot is undone by itself any more.`;
    return { lead: `Blocked, because ${name} failed past the pivot`, rest };
  }
  return {
    lead: `Blocked, because nobody knows whether ${name} took effect`,
    rest: `${message}Look into the system it called before you decide.`,
  };
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
  if (actor.startsWith('run:')) return 'the run that started it';
  return actor === 'system' ? 'Headrace' : actor;
}

const asSentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
