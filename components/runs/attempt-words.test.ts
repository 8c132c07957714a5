import { describe, expect, it } from 'vitest';
import { attemptMeaning, attemptsLine, endedByWords, idleWords, shortError } from './attempt-words';
import { attempt, error, step } from './testing';
import type { AttemptView, StepView } from './types';

const retryable = (one: AttemptView): AttemptView => ({
  ...one,
  error: one.error && { ...one.error, isRetryable: true },
});
const failed = (n: number) => attempt(n, 'failed', n * 10, n * 10 + 5);
const meaning = (shown: StepView, tries?: number, n = shown.attempts.length) =>
  attemptMeaning(shown, shown.attempts[n - 1] as AttemptView, { tries });

describe('the attempts of a step in one line', () => {
  it('counts them against what was allowed, and says when the last was final', () => {
    expect(attemptsLine(step('a', 'failed', [failed(1), failed(2)]), { tries: 5 })).toBe(
      '2 of 5 attempts, the last one final',
    );
    expect(attemptsLine(step('a', 'waiting', [retryable(failed(1))]), { tries: 5 })).toBe('1 of 5 attempts');
  });

  it('does not count against anything once the step succeeded', () => {
    expect(attemptsLine(step('a', 'succeeded', [attempt(1, 'succeeded', 0, 1)]), { tries: 3 })).toBe('1 attempt');
    expect(attemptsLine(step('a', 'pending'), { tries: 3 })).toBe('');
  });
});

describe('what the end of an attempt meant', () => {
  it('is that it goes on, while it goes on', () => {
    expect(meaning(step('a', 'failed', [failed(1), failed(2)]), 5, 1)).toBe('The step was tried again.');
    expect(meaning(step('a', 'waiting', [failed(1)]))).toBe('The step will be tried again.');
    expect(meaning({ ...step('a', 'failed', [failed(1)]), port: 'error' })).toBe('The flow went on by the error path.');
  });

  it('says of a final error which attempts were not made', () => {
    expect(meaning(step('a', 'failed', [failed(1), failed(2), failed(3)]), 5)).toBe(
      'It is final, so the 2 attempts that were left were not made.',
    );
    expect(meaning(step('a', 'failed', [failed(1), failed(2)]), 3)).toBe('It is final, so attempt 3 was not made.');
    expect(meaning(step('a', 'failed', [failed(1)]), 1)).toBe('It is final: another attempt would end the same.');
  });

  it('says when all attempts are used up', () => {
    expect(meaning(step('a', 'failed', [retryable(failed(1)), retryable(failed(2))]), 2)).toBe(
      'All 2 attempts are used up.',
    );
    expect(meaning(step('a', 'failed', [retryable(failed(1))]), 1)).toBe('It had one attempt.');
  });

  it('does not pretend to know an unknown outcome', () => {
    expect(meaning(step('a', 'unknown', [attempt(1, 'unknown', 0, 5)]))).toMatch(/never seen/);
  });
});

it('a step without attempts says why', () => {
  expect(idleWords(step('a', 'skipped'), true)).toMatch(/No path led here/);
  expect(idleWords(step('a', 'pending'), true)).not.toBe(idleWords(step('a', 'pending'), false));
});

it('an answer is told by its status in a list, everything else by its message', () => {
  expect(shortError({ ...error('POST https://a.example answered 503.'), details: { status: 503 } })).toBe(
    'answered 503',
  );
  expect(shortError(error('The connection was refused.', 'http.connection'))).toBe('The connection was refused.');
});

it('says what ended a wait', () => {
  expect(endedByWords({ by: 'event', position: 17 })).toBe('the event at position 17');
  expect(endedByWords({ by: 'time' })).toBe('its time limit');
});
