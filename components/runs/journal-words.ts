/**
 * Every entry of a journal as a sentence, with steps called by their names. Exhaustive: an entry type without a sentence
 * does not compile. Refuses to judge: it says what was written down.
 */
import { formatDuration } from '@/components/ui/time';
import type { JournalEntry } from '@/core/run/entries';
import { noPath } from '@/core/run/iteration-path';
import type { ResolveAction, Wait } from '@/core/run/types';
import { pathWords } from './iterations';
import { shortRunId } from './run-id';
import { actorWords } from './run-sentence';
import type { JournalEntry as EntryView } from './types';

export interface JournalContext {
  readonly nameOf: (stepId: string) => string;
  /** The step that another one undoes; null for a step of the way forward. */
  readonly undoesOf: (stepId: string) => string | null;
  /** `user:<id>` of whoever looks. */
  readonly me?: string | undefined;
}

/** What the API presents, in the shape the journal keeps. */
const entryOf = ({ type, v, at, data }: EntryView): JournalEntry =>
  ({ ...(data as object), type, v, atMs: Date.parse(at) }) as unknown as JournalEntry;

/** @returns one sentence without a full stop; of an entry inside a loop after the iteration it is from */
export function journalSentence(view: EntryView, context: JournalContext): string {
  const entry = entryOf(view);
  const where = pathWords(entry.path ?? noPath, context.nameOf);
  return where === null ? sentenceOf(entry, context) : `${where}: ${sentenceOf(entry, context)}`;
}

function sentenceOf(entry: JournalEntry, context: JournalContext): string {
  const { nameOf } = context;
  switch (entry.type) {
    case 'run.started':
      return `The run started with ${nameOf(entry.triggerStep)}`;
    case 'step.started':
    case 'step.succeeded':
    case 'step.attemptFailed':
    case 'step.attemptUnknown':
    case 'step.waiting':
      return attemptSentence(entry, context);
    case 'scope.entered':
    case 'scope.failed':
    case 'scope.compensating':
    case 'scope.resumed':
    case 'scope.ended':
      return scopeSentence(entry, context);
    case 'compensation.started':
      return `${nameOf(entry.stepId)} began to be undone`;
    case 'compensation.completed':
      return entry.isSkipped ? `${nameOf(entry.stepId)} was left done` : `${nameOf(entry.stepId)} is undone`;
    case 'step.resolved':
      return `${who(entry.actor, context)} decided: ${decided(entry.action, entry.keepsKey, nameOf(entry.stepId))}`;
    case 'steps.reused':
      return `What ${nameOf(entry.stepId)} did stands: taken over from run ${shortRunId(entry.fromRunId)}`;
    case 'iterations.reused':
      return `Iterations of ${nameOf(entry.stepId)} stand: taken over from run ${shortRunId(entry.fromRunId)}`;
    case 'keys.kept':
      return 'Idempotency keys of an earlier run were kept, because nobody knows what came of its calls';
    case 'reconcile.started':
      return `${nameOf(entry.withStepId)} began to find out whether ${nameOf(entry.stepId)} took effect`;
    case 'step.reconciled':
      return foundOut(entry, context);
    case 'run.timedOut':
      return `The run took longer than the flow allows${entry.isPastPivot ? ', past the pivot, so it goes on' : ''}`;
    case 'run.blocked':
      return `The run was blocked by ${nameOf(entry.stepId)} and waits for a person`;
    case 'steps.skipped':
      return `Skipped, because no path led there: ${names(entry.stepIds, context)}`;
    case 'steps.cancelled':
      return `Given up, because the run was ending: ${names(entry.stepIds, context)}`;
    case 'wait.started':
      return `${nameOf(entry.stepId)} waits for ${awaitedWords(entry.awaits)}`;
    case 'wait.overrun':
      return `${nameOf(entry.stepId)} has waited as long as it may, and its run was asked to stop`;
    case 'loop.started':
      return `${nameOf(entry.stepId)} goes through a list, ${entry.concurrency} at a time`;
    case 'iteration.started':
      return `Iteration ${entry.index} of ${nameOf(entry.stepId)} began`;
    case 'iteration.ended':
      return `Iteration ${entry.index} of ${nameOf(entry.stepId)} ${iterationWords[entry.outcome]}`;
    case 'iteration.undoing':
      return `Iteration ${entry.index} of ${nameOf(entry.stepId)} is being undone`;
    case 'run.cancelRequested':
      return `${who(entry.actor, context)} asked to cancel the run${because(entry.reason)}`;
    case 'run.succeeded':
      return 'The run succeeded';
    case 'run.failed':
      return `The run failed: ${entry.error.message}`;
    case 'run.compensated':
      return `The run ended compensated: ${entry.error.message}`;
    case 'run.cancelled':
      return `The run was cancelled by ${actorWords(entry.actor, context.me)}${because(entry.reason)}`;
    case 'run.terminated':
      return `The run was terminated by ${actorWords(entry.actor, context.me)}${because(entry.reason)}`;
    default:
      // A newer server may write what this page does not know yet.
      return (entry satisfies never as EntryView).type;
  }
}

const iterationWords: Readonly<Record<Extract<JournalEntry, { type: 'iteration.ended' }>['outcome'], string>> = {
  succeeded: 'succeeded',
  failed: 'failed',
  compensated: 'failed and was undone',
  undone: 'is undone',
};

function awaitedWords(awaits: Wait): string {
  switch (awaits.on) {
    case 'event':
      return `an event ${awaits.eventType} with the key ${awaits.key}`;
    case 'approval':
      return `${awaits.assignee ?? 'somebody'} to answer`;
    case 'child':
      return `run ${shortRunId(awaits.runId)}`;
    default:
      return awaits satisfies never;
  }
}

type AttemptEntry = Extract<
  JournalEntry,
  { readonly type: 'step.started' | 'step.succeeded' | 'step.attemptFailed' | 'step.attemptUnknown' | 'step.waiting' }
>;

function attemptSentence(entry: AttemptEntry, { nameOf, undoesOf }: JournalContext): string {
  const undone = undoesOf(entry.stepId);
  const which = `Attempt ${entry.attempt} of ${nameOf(entry.stepId)}`;
  switch (entry.type) {
    case 'step.started':
      return `${which} began${undone === null ? '' : `, to undo ${nameOf(undone)}`}`;
    case 'step.succeeded':
      return `${which} succeeded${byEvent(entry)}${entry.port === 'out' ? '' : ` and left by ${entry.port}`}`;
    case 'step.attemptFailed':
      return `${which} failed: ${ended(entry.error.message)} ${afterFailure(entry)}`;
    case 'step.attemptUnknown': {
      const why = entry.isLost ? 'its worker was lost' : entry.error.message;
      const next = entry.retryAtMs === null ? 'It is not tried again by itself' : again(entry.retryAtMs, entry.atMs);
      return `What came of attempt ${entry.attempt} of ${nameOf(entry.stepId)} is not known: ${ended(why)} ${next}`;
    }
    case 'step.waiting':
      return `${nameOf(entry.stepId)} waits for ${formatDuration(entry.untilMs - entry.atMs)}`;
    default:
      return entry satisfies never;
  }
}

const byEvent = ({ endedBy }: Extract<AttemptEntry, { readonly type: 'step.succeeded' }>): string =>
  endedBy?.by === 'event' ? ` with the event at position ${endedBy.position}` : '';

const afterFailure = (entry: Extract<AttemptEntry, { readonly type: 'step.attemptFailed' }>): string => {
  if (entry.retryAtMs !== null) return again(entry.retryAtMs, entry.atMs);
  return entry.isCaught ? 'It was the last, and the flow went on by the error path' : 'It was the last';
};

const again = (retryAtMs: number, atMs: number): string =>
  `The next try is due after ${formatDuration(retryAtMs - atMs)}`;

function foundOut(
  entry: Extract<JournalEntry, { readonly type: 'step.reconciled' }>,
  { nameOf }: JournalContext,
): string {
  const name = nameOf(entry.stepId);
  switch (entry.outcome) {
    case 'happened':
      return `It was found out that ${name} took effect`;
    case 'didNotHappen':
      return `It was found out that ${name} did not take effect${entry.retryAtMs === null ? '' : ', so it is tried again'}`;
    case 'undecided':
      return `It could not be found out whether ${name} took effect`;
    default:
      return entry.outcome satisfies never;
  }
}

type ScopeEntry = Extract<
  JournalEntry,
  { readonly type: 'scope.entered' | 'scope.failed' | 'scope.compensating' | 'scope.resumed' | 'scope.ended' }
>;

function scopeSentence(entry: ScopeEntry, context: JournalContext): string {
  const { nameOf } = context;
  const whole = entry.path === undefined ? 'the run' : 'the iteration';
  const called = (scope: string): string => (scope === '' ? whole : nameOf(scope));
  switch (entry.type) {
    case 'scope.entered':
      return `${nameOf(entry.stepId)} was entered`;
    case 'scope.failed': {
      if (entry.isForced) return `A person decided that ${called(entry.scope)} is undone`;
      // A loop fails by itself: its error says by which iteration.
      const isOwn = entry.stepId === null || entry.stepId === entry.scope;
      const cause = isOwn ? entry.error.message : `${nameOf(entry.stepId ?? '')} failed`;
      return `${sentenceCase(called(entry.scope))} began to fail: ${cause}`;
    }
    case 'scope.compensating':
      return `${sentenceCase(called(entry.scope))} undoes, the last one first: ${names(entry.stepIds.toReversed(), context)}`;
    case 'scope.resumed':
      return `${sentenceCase(called(entry.scope))} goes on: its pivot has completed, so nothing is undone any more`;
    case 'scope.ended':
      return `${nameOf(entry.stepId)} failed${entry.isCaught ? ', and the flow went on by its error path' : ''}`;
    default:
      return entry satisfies never;
  }
}

function decided(action: ResolveAction, isKeyKept: boolean, name: string): string {
  switch (action) {
    case 'retry':
      return `try ${name} again with ${isKeyKept ? 'the same' : 'a new'} key`;
    case 'skip':
      return `skip ${name}`;
    case 'output':
      return `${name} happened, with the output that was given`;
    case 'compensate':
      return 'undo everything';
    case 'answer':
      return `the answer to ${name}`;
    default:
      return action satisfies never;
  }
}

const ended = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
const because = (reason: string | null): string => (reason === null || reason === '' ? '' : `: ${reason}`);
const names = (stepIds: readonly string[], { nameOf }: JournalContext): string => stepIds.map(nameOf).join(', ');

const who = (actor: string, { me }: JournalContext): string => sentenceCase(actorWords(actor, me));
const sentenceCase = (words: string): string => `${words[0]?.toUpperCase() ?? ''}${words.slice(1)}`;

/**
 * Whether the entry says something about the step; of a container also what happened to it as a scope.
 * @param path the iteration the step is in; empty for none
 */
export function concernsStep({ data }: EntryView, stepId: string, path: string = noPath): boolean {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return false;
  const { stepIds, generations } = data;
  // A run that is blocked says so beside its iterations.
  if ((data.path ?? data.in ?? noPath) !== path) return false;
  return (
    data.stepId === stepId ||
    data.triggerStep === stepId ||
    data.scope === stepId ||
    (Array.isArray(stepIds) && stepIds.includes(stepId)) ||
    (typeof generations === 'object' && generations !== null && stepId in generations)
  );
}
