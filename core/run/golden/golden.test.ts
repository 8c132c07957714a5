/** Journals of every release so far fold to what they folded to when they were recorded. */
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '@/core/json';
import type { JournalEntry } from '@/core/run/entries';
import { fold } from '@/core/run/evolve';
import { factsOf } from '@/core/run/golden/facts';
import { scenarios } from '@/core/run/golden/scenarios';
import { isTerminal } from '@/core/run/types';

interface Recorded {
  readonly name: string;
  readonly eventData: JsonValue;
  readonly entries: readonly JournalEntry[];
  readonly facts: JsonValue;
}

const releases = Object.entries(import.meta.glob<{ default: readonly Recorded[] }>('./*.json', { eager: true })).map(
  ([path, { default: runs }]) => ({ release: path.slice(2, -5), runs }),
);

/** The compiler asks for every kind of entry; a journal of each must be kept. */
const everyType: Readonly<Record<JournalEntry['type'], true>> = {
  'run.started': true,
  'step.started': true,
  'step.succeeded': true,
  'step.attemptFailed': true,
  'step.attemptUnknown': true,
  'step.waiting': true,
  'wait.started': true,
  'wait.overrun': true,
  'loop.started': true,
  'iteration.started': true,
  'iteration.ended': true,
  'iteration.undoing': true,
  'iterations.reused': true,
  'scope.entered': true,
  'scope.failed': true,
  'scope.compensating': true,
  'compensation.started': true,
  'compensation.completed': true,
  'scope.ended': true,
  'scope.resumed': true,
  'step.resolved': true,
  'steps.reused': true,
  'keys.kept': true,
  'reconcile.started': true,
  'step.reconciled': true,
  'run.timedOut': true,
  'run.blocked': true,
  'run.compensated': true,
  'steps.skipped': true,
  'steps.cancelled': true,
  'run.cancelRequested': true,
  'run.succeeded': true,
  'run.failed': true,
  'run.cancelled': true,
  'run.terminated': true,
};

describe.each(releases)('journals of $release', ({ runs }) => {
  it.each(runs.map((run) => [run.name, run] as const))('fold as they did: %s', (_name, run) => {
    const state = fold(run.eventData, run.entries);
    expect(isTerminal(state.status)).toBe(true);
    expect(factsOf(state)).toEqual(run.facts);
  });
});

describe('the scenarios of this release', () => {
  it.each(Object.keys(scenarios))('come to an end: %s', (name) => {
    expect(isTerminal(scenarios[name]?.().state.status ?? 'queued')).toBe(true);
  });

  it('hold every kind of entry', () => {
    const found = new Set(Object.values(scenarios).flatMap((carry) => carry().entries.map(({ type }) => type)));
    expect(Object.keys(everyType).filter((type) => !found.has(type as JournalEntry['type']))).toEqual([]);
  });
});
