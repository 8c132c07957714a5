/**
 * The journal is whole and agrees with its row: appends without gaps, one end and nothing behind it, a fold that says what
 * the row says, and no message that was slept over. A run that has not ended although everything came to rest is stuck.
 */

import type { JournalEntry } from '@/core/run/entries';
import { fold } from '@/core/run/evolve';
import { isTerminal, type RunStatus } from '@/core/run/types';
import type { BookedRun, Books } from '../books';
import type { Check, Violation } from './violation';

const ends: Partial<Record<JournalEntry['type'], RunStatus>> = {
  'run.succeeded': 'succeeded',
  'run.failed': 'failed',
  'run.compensated': 'compensated',
  'run.cancelled': 'cancelled',
  'run.terminated': 'terminated',
};

const inEveryRun =
  (check: string, kind: Violation['kind'], faultOf: (run: BookedRun, books: Books) => string | null): Check =>
  (books) =>
    [...books.runs.values()].flatMap((run): Violation[] => {
      const fault = faultOf(run, books);
      return fault === null ? [] : [{ check, kind, what: `run ${run.id} (${run.flow}): ${fault}` }];
    });

export const checkStuck = inEveryRun('every run reaches its end', 'stuck', (run) =>
  isTerminal(run.status)
    ? null
    : `still ${run.status}${run.reasonCode === null ? '' : ` (${run.reasonCode})`}, ${run.owner === null ? 'unowned' : 'owned'}`,
);

export const checkMessages = inEveryRun('no message is slept over', 'stuck', (run) =>
  run.inboxDone === run.inboxN ? null : `${run.inboxN - run.inboxDone} messages were never read`,
);

export const checkEnds = inEveryRun('exactly one terminal status', 'doubled', (run) => {
  const ended = run.entries.flatMap((entry, index) => (ends[entry.type] === undefined ? [] : [{ entry, index }]));
  if (!isTerminal(run.status)) return ended.length === 0 ? null : 'its journal has ended and its row has not';
  const [end] = ended;
  if (ended.length !== 1 || end === undefined) return `its journal ends ${ended.length} times`;
  if (ends[end.entry.type] !== run.status) return `its journal ends with ${end.entry.type}, its row is ${run.status}`;
  if (end.index !== run.entries.length - 1) return 'its journal goes on after its end';
  return run.hasFinished ? null : 'its row has ended without an instant';
});

export const checkAppends = inEveryRun('appends are whole', 'inconsistent', (run) => {
  if (run.appends.length !== run.journalN) {
    return `its row counts ${run.journalN} appends, its journal has ${run.appends.length}`;
  }
  let seq = 1;
  for (const [index, append] of run.appends.entries()) {
    if (append.n !== index + 1) return `append ${index + 1} has number ${append.n}`;
    if (append.firstSeq !== seq) return `append ${append.n} begins at entry ${append.firstSeq} instead of ${seq}`;
    seq += append.entries.length;
  }
  return new Set(run.appends.map((append) => append.appendId)).size === run.appends.length
    ? null
    : 'one append stands in it twice';
});

export const checkFold = inEveryRun('the fold of the journal is the row', 'inconsistent', (run, books) => {
  const state = fold(books.eventAt.get(run.eventPosition)?.data ?? null, run.entries);
  if (!isTerminal(run.status)) return null;
  if (state.status !== run.status) return `the journal says ${state.status}, the row ${run.status}`;
  const code = state.error?.code ?? null;
  if (run.status !== 'succeeded' && code !== run.errorCode) return `error ${code} against ${run.errorCode}`;
  const [folded, stored] = [state.output, run.output].map((output) => JSON.stringify(output ?? null));
  return run.status === 'succeeded' && folded !== stored ? `output ${folded} against ${stored}` : null;
});
