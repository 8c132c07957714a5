import { describe, expect, it } from 'vitest';
import type { JournalEntry } from '@/core/run/entries';
import type { BookedRun, Books } from '../books';
import type { LedgerCall } from '../ledger';
import { planSaga, type SagaPlan } from '../plan/sagas';
import { shapes } from '../plan/shapes';
import { judge } from './all';

const line = shapes.find(({ name }) => name === 'line');
if (line === undefined) throw new Error('there is no line');
const plan: SagaPlan = { ...planSaga(1, 0, {}), n: 0, shape: line, refused: 's3', delivery: 'once', stop: null };
const atMs = 1;

const call = (seq: number, place: string, rest: Partial<LedgerCall> = {}): LedgerCall => {
  const [step, direction] = place.split(':') as [string, LedgerCall['direction']];
  const key = `r:${direction === 'forward' ? step : `u${step}`}:${direction}:0`;
  const facts = { flow: 'line', n: '0', body: '', behaviour: 'accept', isFirstAcceptance: true } as const;
  return { seq, key, step, direction, ...facts, ...rest };
};

/** An intent and its outcome. */
const did = (stepId: string, direction: string, isRefused = false): JournalEntry[] => {
  const intent = {
    stepId,
    attempt: 1,
    input: {},
    deadlineAtMs: 9,
    effect: 'idempotent',
    retriesUnknown: true,
  } as const;
  const error = { code: 'http.status', message: 'no', isRetryable: false };
  const outcome = { v: 1, atMs, stepId, attempt: 1, startedAtMs: atMs } as const;
  return [
    { type: 'step.started', v: 1, atMs, ...intent, idempotencyKey: `r:${stepId}:${direction}:0` },
    isRefused
      ? { type: 'step.attemptFailed', ...outcome, error, retryAtMs: null, isCaught: false }
      : { type: 'step.succeeded', ...outcome, output: null, port: 'out' },
  ];
};
const undid = (stepId: string): JournalEntry[] => [
  { type: 'compensation.started', v: 1, atMs, scope: '', stepId },
  ...did(`u${stepId}`, 'compensate'),
  { type: 'compensation.completed', v: 1, atMs, scope: '', stepId, isSkipped: false },
];

//   hook → s1 → s2 → s3 (refused)        s2 and then s1 undone
const error = { code: 'http.status', message: 'no', isRetryable: false };
const entries: JournalEntry[] = [
  { type: 'run.started', v: 1, atMs, triggerStep: 'hook', tags: {} },
  ...did('s1', 'forward'),
  ...did('s2', 'forward'),
  ...did('s3', 'forward', true),
  { type: 'scope.failed', v: 1, atMs, scope: '', stepId: 's3', error, isForced: false },
  { type: 'scope.compensating', v: 1, atMs, scope: '', stepIds: ['s1', 's2'] },
  ...undid('s2'),
  ...undid('s1'),
  { type: 'run.compensated', v: 1, atMs, stepId: 's3', error },
];
const calls = [
  call(1, 's1:forward'),
  call(2, 's2:forward'),
  call(3, 's3:forward', { behaviour: 'refuse', isFirstAcceptance: false }),
  call(4, 's2:compensate'),
  call(5, 's1:compensate'),
];
const run: BookedRun = {
  id: 'r',
  flow: 'Saga line',
  status: 'compensated',
  reasonCode: null,
  hasFinished: true,
  owner: null,
  journalN: 1,
  inboxN: 0,
  inboxDone: 0,
  eventPosition: 1,
  output: undefined,
  errorCode: 'http.status',
  appends: [{ n: 1, appendId: 'a', firstSeq: 1, entries }],
  entries,
};
const event = { position: 1, id: 'e', source: '/', type: 'headrace.webhook.received', data: { body: { n: 0 } } };
const sound: Books = {
  plans: new Map([[0, plan]]),
  acknowledged: { runIds: new Map([[0, new Set(['r'])]]), notes: new Set(), givenUp: [], deliveries: 1 },
  calls,
  breaches: [],
  runs: new Map([['r', run]]),
  inLine: new Set(),
  listed: new Set(['r']),
  events: [event],
  eventAt: new Map([[1, event]]),
  sights: [{ head: 1, checkpoint: 1 }],
};
const withRun = (change: Partial<BookedRun>): Books => ({ ...sound, runs: new Map([['r', { ...run, ...change }]]) });
const found = (books: Books): string[] => [...new Set(judge(books).map(({ check, kind }) => `${kind}: ${check}`))];

/** Two sagas of one lane, or of one limit, with the times of their one call. */
const two = (
  shape: string,
  times: readonly (readonly [fromMs: number, toMs: number])[],
  concurrency?: number,
): Books => {
  const known = shapes.find(({ name }) => name === shape);
  if (known === undefined) throw new Error(`there is no ${shape}`);
  const drawn = {
    ...known,
    ...(concurrency === undefined ? {} : { concurrency }),
    laneOf: known.laneOf && (() => 'x'),
  };
  const runs = times.map(([fromMs, toMs], n): [string, BookedRun] => {
    const [intent, outcome] = did('s1', 'forward') as [JournalEntry, JournalEntry];
    const own: JournalEntry[] = [
      { type: 'run.started', v: 1, atMs: fromMs, triggerStep: 'hook', tags: {} },
      { ...intent, atMs: fromMs },
      { ...outcome, atMs: toMs },
      { type: 'run.succeeded', v: 1, atMs: toMs, output: null },
    ];
    return [
      `r${n}`,
      { ...run, id: `r${n}`, flow: `Saga ${shape}`, status: 'succeeded', eventPosition: n + 1, entries: own },
    ];
  });
  const events = times.map((_, n) => ({ ...event, position: n + 1, data: { body: { n } } }));
  return {
    ...sound,
    plans: new Map(times.map((_, n) => [n, { ...plan, n, shape: drawn, refused: null }])),
    runs: new Map(runs),
    eventAt: new Map(events.map((one) => [one.position, one])),
    calls: [],
  };
};
const ofLanes = (books: Books): string[] =>
  found(books).filter((text) => /lanes keep|of a key|a limit|in line/.test(text));

describe('lanes', () => {
  it('are kept when one begins after the other, and a limit when no more than that many call', () => {
    expect(
      ofLanes(
        two('ordered', [
          [1, 5],
          [5, 9],
        ]),
      ),
    ).toEqual([]);
    expect(
      ofLanes(
        two(
          'limited',
          [
            [1, 5],
            [5, 9],
            [2, 9],
          ],
          2,
        ),
      ),
    ).toEqual([]);
  });

  it('are not when two are at work, when the later one came first, when too many call, or when one never left', () => {
    expect(
      ofLanes(
        two('ordered', [
          [1, 5],
          [4, 9],
        ]),
      ),
    ).toEqual(['doubled: one run of a key at a time']);
    expect(
      ofLanes(
        two('ordered', [
          [6, 9],
          [1, 5],
        ]),
      ),
    ).toEqual(['wrong order: lanes keep their order']);
    expect(
      ofLanes(
        two(
          'limited',
          [
            [1, 5],
            [2, 9],
            [3, 9],
          ],
          2,
        ),
      ),
    ).toEqual(['doubled: a limit is kept']);
    expect(ofLanes({ ...sound, inLine: new Set(['r']) })).toEqual(['stuck: nobody is left in line']);
  });
});

describe('the books', () => {
  it('agree when everything went as it should', () => {
    expect(judge(sound)).toEqual([]);
  });

  it.each<[string, Books, string]>([
    ['a run that was acknowledged is gone', { ...sound, runs: new Map() }, 'lost: acknowledged implies present'],
    ['the API does not list it', { ...sound, listed: new Set() }, 'lost: acknowledged implies present'],
    ['it has not ended', withRun({ status: 'waiting', hasFinished: false }), 'stuck: every run reaches its end'],
    ['a message was not read', withRun({ inboxN: 1 }), 'stuck: no message is slept over'],
    ['an append has no entries', withRun({ journalN: 2 }), 'inconsistent: appends are whole'],
    ['it ended twice', withRun({ entries: entries.concat(entries.slice(-1)) }), 'doubled: exactly one terminal status'],
    ['the row tells another error', withRun({ errorCode: 'x' }), 'inconsistent: the fold of the journal is the row'],
    [
      'a step was done under two keys',
      { ...sound, calls: calls.concat(call(6, 's1:forward', { key: 'r:s1:forward:1' })) },
      'doubled: no effect twice',
    ],
    ['an effect was not undone', { ...sound, calls: calls.slice(0, 4) }, 'doubled: effects agree with the run'],
    [
      'another end was drawn',
      { ...sound, plans: new Map([[0, { ...plan, refused: null }]]) },
      'inconsistent: the end that was drawn',
    ],
    [
      'a call came without an intent',
      withRun({ entries: entries.filter((entry) => entry.type !== 'step.started' || entry.stepId !== 's2') }),
      'lost: no intent without its key',
    ],
    ['a key came for two bodies', { ...sound, breaches: ['r:s1:forward:0'] }, 'doubled: no intent without its key'],
    [
      'the first was undone first',
      { ...sound, calls: [...calls.slice(0, 3), call(4, 's1:compensate'), call(5, 's2:compensate')] },
      'wrong order: order along every path',
    ],
    ['a position is missing', { ...sound, events: [{ ...event, position: 2 }] }, 'lost: positions and the safe head'],
    [
      'the checkpoint stood beyond the head',
      { ...sound, sights: [{ head: 0, checkpoint: 1 }, ...sound.sights] },
      'lost: positions and the safe head',
    ],
    [
      'an event started nothing',
      { ...sound, events: [{ ...event, type: 'note.posted' }] },
      'lost: one run per event and subscription',
    ],
  ])('do not when %s', (_, books, expected) => {
    expect(found(books)).toContain(expected);
  });
});
