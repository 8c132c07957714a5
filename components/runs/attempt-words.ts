/** What an attempt's end meant for its step, said to whoever reads the error. Refuses advice it cannot be sure of. */
import { shortRunId } from './run-id';
import type { AttemptView, StepError, StepView } from './types';

export interface StepPolicy {
  /** Tries the step may have; undefined when its kind is not known. */
  readonly tries: number | undefined;
}

/** `3 of 5 attempts, the last one final`; empty for a step with none or one that is nothing to speak of. */
export function attemptsLine({ status, attempts }: StepView, { tries }: StepPolicy): string {
  const count = attempts.length;
  if (count === 0) return '';
  const isDone = status === 'succeeded' || status === 'compensating' || status === 'compensated';
  const of = tries !== undefined && tries > 1 && !isDone ? ` of ${tries}` : '';
  const noun = count === 1 && of === '' ? 'attempt' : 'attempts';
  return `${count}${of} ${noun}${isFinal(attempts.at(-1)) && status === 'failed' ? ', the last one final' : ''}`;
}

/** An error that no other try can mend. */
const isFinal = (attempt: AttemptView | undefined): boolean =>
  attempt?.status === 'failed' && attempt.error?.isRetryable === false;

/**
 * Why the attempt was not the last, or was.
 * @param attempt one with an error
 * @returns one or two sentences
 */
export function attemptMeaning(step: StepView, attempt: AttemptView, { tries }: StepPolicy): string {
  const isLast = attempt.n === step.attempts.at(-1)?.n;
  if (!isLast) return 'The step was tried again.';
  if (step.status === 'waiting') return 'The step will be tried again.';
  if (step.status === 'succeeded' || step.status === 'compensated') return 'A person said that it happened.';
  if (step.status === 'skipped') return 'A person decided to go on without it.';
  if (step.status === 'unknown' || attempt.status === 'unknown') {
    return 'Its answer was never seen, so it is not tried again by itself.';
  }
  if (step.port !== null) return 'The flow went on by the error path.';
  if (step.status === 'cancelled') return 'The step was not tried again, because the run was ending.';
  if (!isFinal(attempt)) {
    return step.attempts.length > 1 ? `All ${step.attempts.length} attempts are used up.` : 'It had one attempt.';
  }
  const left = tries === undefined ? 0 : tries - step.attempts.length;
  if (left < 1) return 'It is final: another attempt would end the same.';
  const which = left === 1 ? `attempt ${tries} was` : `the ${left} attempts that were left were`;
  return `It is final, so ${which} not made.`;
}

/** What ended a wait. */
export function endedByWords(endedBy: NonNullable<AttemptView['endedBy']>): string {
  switch (endedBy.by) {
    case 'event':
      return `the event at position ${endedBy.position}`;
    case 'person':
      return 'a person';
    case 'child':
      return `run ${shortRunId(endedBy.runId)}`;
    case 'time':
      return 'its time limit';
    default:
      return endedBy satisfies never;
  }
}

/** An error in a line of a list, where its message would say the same address for every attempt. */
export function shortError({ code, message, details }: StepError): string {
  const status = details?.status;
  return code.startsWith('http.status') && typeof status === 'number' ? `answered ${status}` : message;
}

/** What there is to say about a step that made no attempt. */
export function idleWords(step: StepView, isOver: boolean, isUndoing = false): string {
  if (isUndoing && (step.status === 'skipped' || step.status === 'pending')) {
    return isOver
      ? 'Not needed: there was nothing to undo by it.'
      : 'It runs only if the run fails and must be undone.';
  }
  switch (step.status) {
    case 'skipped':
      return 'No path led here: none of the ways into this step was taken.';
    case 'cancelled':
      return 'Not started, because the run was ending.';
    case 'pending':
      return isOver ? 'The run ended before it came here.' : 'The run has not come here yet.';
    default:
      return '';
  }
}
