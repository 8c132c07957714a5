/**
 * G10 at every commit boundary: a signal or event that races the end of a wait is either consumed by it or still there for a later
 * wait of the run; never both, never neither. Every order of the statements of a worker, a dispatcher and whoever else takes part
 * is forced on real connections, and the books are compared afterwards.
 */
import { expect, it } from 'vitest';
import type { FlowDocument } from '@/core/flow/document';
import { flow, step, trigger } from '@/core/flow/testing';
import type { JournalEntry } from '@/core/run/entries';
import type { EventAppend } from '@/server/services/ports';
import { anEvent } from '@/server/testing/engine-fixtures';
import { type Actor, tryEveryOrder } from '@/server/testing/interleave';
import { type LabRun, openWaitLab, type WorkerOptions } from '@/server/testing/wait-lab';

const lab = openWaitLab();

/** Some hundred orders, each a run of its own: it says that something hangs. */
const timeoutMs = 240_000;

const wait = (id: string, config: object = {}, rest: object = {}) =>
  step(id, 'event.wait', { type: 'a.b', key: 'k', eventKey: '{{ event.subject }}', ...config }, rest);
const fits = (): EventAppend => anEvent({ type: 'a.b', subject: 'k' });

const publisher = (run: LabRun, ...events: EventAppend[]): Actor => ({
  name: 'publisher',
  act: async () => void (await run.append(...events)),
  isBlocked: async () => false,
});
/** Reads which waits there are, and only then how far the stream goes. */
const naiveDispatcher = (run: LabRun): Actor => ({
  ...run.dispatcher(),
  async act(gate) {
    const { rows } = await lab.platform.pool.query('SELECT 1 FROM event_waits WHERE workspace_id = $1', [
      run.workspaceId,
    ]);
    await gate('waits-read');
    if (rows.length > 0) return run.dispatcher().act(gate);
    await lab.platform.pool.query(
      `INSERT INTO stream_checkpoints (workspace_id, consumer, position)
       SELECT workspace_id, 'router', head FROM stream_heads WHERE workspace_id = $1
       ON CONFLICT (workspace_id, consumer) DO UPDATE SET position = excluded.position`,
      [run.workspaceId],
    );
  },
});
/** Stands nowhere. */
const inOneGo = (actor: Actor): Actor => ({ ...actor, act: () => actor.act(() => Promise.resolve()) });
interface Books {
  readonly entries: readonly JournalEntry[];
  /** Position of the event that ended each wait, by step, as the journal has it. */
  readonly endedBy: Readonly<Record<string, number>>;
  readonly status: string;
}

/** Reads the books of a run when everything has come to rest, and compares them with each other. */
async function readBooks(run: LabRun): Promise<Books> {
  const { pool, runStore } = lab.platform;
  const page = await runStore.loadWhole(run.workspaceId, run.runId);
  if (page === null) throw new Error('the run is gone');
  const { rows: journal } = await pool.query<{ entries: JournalEntry[] }>(
    'SELECT entries FROM journal WHERE run_id = $1 ORDER BY n',
    [run.runId],
  );
  const entries = journal.flatMap((row) => row.entries);
  const ended = entries.flatMap((entry) =>
    entry.type === 'step.succeeded' && entry.endedBy?.by === 'event'
      ? [[entry.stepId, entry.endedBy.position] as const]
      : [],
  );
  const positions = ended.map(([, position]) => position);
  expect(new Set(positions).size, 'an event ends one wait of a run at most').toBe(positions.length);

  const waitIds = entries.flatMap((entry) => (entry.type === 'wait.started' ? [entry.waitId] : []));
  const { rows: waits } = await pool.query<{ id: string; resolved_position: string | null }>(
    'SELECT id, resolved_position FROM event_waits WHERE run_id = $1',
    [run.runId],
  );
  const { rows: messages } = await pool.query<{ n: number; cause: string }>(
    "SELECT n, cause FROM run_inbox WHERE run_id = $1 AND cause LIKE 'wait:%'",
    [run.runId],
  );
  const isOver = page.row.finishedAtMs !== null;
  if (isOver) {
    expect(waits, 'a run that is over waits for nothing').toEqual([]);
  } else {
    const resolved = waits.flatMap((row) => (row.resolved_position === null ? [] : [Number(row.resolved_position)]));
    expect(resolved.toSorted(), 'rows and journal name the same events').toEqual(positions.toSorted());
    const open = waits.filter((row) => row.resolved_position === null).map(({ id }) => id);
    expect(open.length, 'a row for every open wait').toBe(openIn(page.state.steps));
  }
  if (page.row.status !== 'terminated') {
    expect(messages.length, 'a message for every wait that an event ended').toBe(positions.length);
  }
  expect(waitIds.length).toBe(new Set(waitIds).size);
  expect(page.row.inboxN, 'every message was read').toBe(page.row.inboxDone);
  return { entries, endedBy: Object.fromEntries(ended), status: page.row.status };
}

const openIn = (steps: Readonly<Record<string, { readonly wait: unknown }>>): number =>
  Object.values(steps).filter((one) => one.wait !== null).length;

interface Trial {
  readonly document: FlowDocument;
  /** Brings the run to where the race begins. */
  readonly before?: (run: LabRun) => Promise<void>;
  readonly actors: (run: LabRun) => readonly Actor[];
  readonly options?: WorkerOptions;
  readonly check: (books: Books) => void;
}

/** @returns how often each outcome was seen */
async function everyOrder({ document, before, actors, options, check }: Trial): Promise<ReadonlyMap<string, number>> {
  const outcomes = new Map<string, number>();
  await tryEveryOrder(async () => {
    const run = await lab.newRun(document);
    await before?.(run);
    return {
      actors: actors(run),
      async check() {
        await run.settle(options);
        const books = await readBooks(run);
        check(books);
        const outcome = `${books.status} ${Object.keys(books.endedBy).toSorted().join(',')}`;
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      },
    };
  });
  return outcomes;
}

/** A worker registers the wait of a run and is never seen again. */
async function loseWorker(run: LabRun): Promise<void> {
  const worker = run.worker();
  const wake = worker.wake(async (point) => {
    if (point === 'registered') throw new Error('killed');
  });
  await expect(wake).rejects.toThrow('killed');
  await worker.dies();
}

/** It is taken for lost when it has registered the wait, and goes on all the same. */
function lateWorker(run: LabRun): Actor {
  const worker = run.worker();
  return {
    ...worker.actor,
    act: (gate) =>
      worker
        .wake(async (point) => {
          if (point !== 'registered') return;
          await worker.dies();
          await gate(point);
        })
        .then(() => undefined),
  };
}

const wakes = async (run: LabRun): Promise<void> => {
  await run.worker().wake(() => Promise.resolve());
};

//   m → w
const plain = flow([trigger, wait('w')], ['m → w']);

it(
  'an event that comes while a wait is being registered ends it, in every order',
  async () => {
    const outcomes = await everyOrder({
      document: plain,
      actors: (run) => [run.worker().actor, publisher(run, fits()), run.dispatcher()],
      check: ({ endedBy }) => expect(endedBy).toEqual({ w: 2 }),
    });
    expect([...outcomes.keys()]).toEqual(['succeeded w']);
  },
  timeoutMs,
);

it(
  'a worker that does not look at what came before its wait loses the event, and that is noticed',
  async () => {
    const options = { looks: false };
    const trial = everyOrder({
      document: plain,
      actors: (run) => [inOneGo(run.worker(options).actor), publisher(run, fits()), inOneGo(run.dispatcher())],
      options,
      check: ({ endedBy }) => expect(endedBy).toEqual({ w: 2 }),
    });
    await expect(trial).rejects.toThrow('After publisher:begin dispatcher:begin worker1:begin:');
  },
  timeoutMs,
);

it(
  'a dispatcher that looks for waits before it reads the head loses the event, and that is noticed',
  async () => {
    const trial = everyOrder({
      document: plain,
      actors: (run) => [inOneGo(run.worker().actor), publisher(run, fits()), naiveDispatcher(run)],
      check: ({ endedBy }) => expect(endedBy).toEqual({ w: 2 }),
    });
    await expect(trial).rejects.toThrow('After dispatcher:begin worker1:begin publisher:begin dispatcher:waits-read:');
  },
  timeoutMs,
);

//   m → w, w.timeout → next
const timed = flow([trigger, wait('w', { waitMs: 60_000 }), wait('next')], ['m → w', 'w.timeout → next']);
const afterTimeout = { aheadMs: 120_000 };

it(
  'an event that comes as the time is over ends the wait, or is left for the next one',
  async () => {
    const outcomes = await everyOrder({
      document: timed,
      before: async (run) => {
        await wakes(run);
        await run.append(fits());
      },
      actors: (run) => [run.worker(afterTimeout).actor, run.dispatcher()],
      options: afterTimeout,
      check: ({ status, endedBy }) => {
        expect(status).toBe('succeeded');
        expect(Object.values(endedBy)).toEqual([2]);
      },
    });
    expect([...outcomes.keys()].toSorted()).toEqual(['succeeded next', 'succeeded w']);
  },
  timeoutMs,
);

//   m → one
//   m → two
const pair = flow([trigger, wait('one'), wait('two')], ['m → one', 'm → two']);

it(
  'of two waits for the same key one event ends one, the older one',
  async () => {
    const outcomes = await everyOrder({
      document: pair,
      before: async (run) => void (await run.append(fits())),
      actors: (run) => [run.worker().actor, run.dispatcher()],
      check: ({ endedBy }) => expect(endedBy).toEqual({ one: 2 }),
    });
    expect([...outcomes.keys()]).toEqual(['waiting one']);
  },
  timeoutMs,
);

it(
  'of two waits for the same key two events end both, each with one of its own',
  async () => {
    const outcomes = await everyOrder({
      document: pair,
      before: async (run) => void (await run.append(fits(), fits())),
      actors: (run) => [run.worker().actor, run.dispatcher()],
      check: ({ status, endedBy }) => {
        expect(status).toBe('succeeded');
        expect(Object.values(endedBy).toSorted()).toEqual([2, 3]);
      },
    });
    expect([...outcomes.keys()]).toEqual(['succeeded one,two']);
  },
  timeoutMs,
);

//   m → [ tell → w ]         tell ⇢ undo, which waits for the same event
const undoing = flow(
  [
    trigger,
    step('tell', 'event.publish', { type: 'x.y' }),
    wait('w'),
    wait('undo'),
    step('more', 'logic.delay', { forMs: 3_600_000 }),
  ],
  ['m → tell', 'tell → w', 'w → more', 'tell.compensate → undo'],
);

it(
  'a cancel that meets the event: it ends the wait before, or is left for what undoes',
  async () => {
    const outcomes = await everyOrder({
      document: undoing,
      before: async (run) => {
        await wakes(run);
        await run.append(fits());
      },
      actors: (run) => [run.poster('cancel'), run.dispatcher(), run.worker().actor],
      check: ({ endedBy }) => expect(Object.values(endedBy)).toEqual([3]),
    });
    expect([...outcomes.keys()].toSorted()).toEqual(['cancelled undo', 'compensating w']);
  },
  timeoutMs,
);

it(
  'a terminate that meets the event: the run ends once, and nothing waits any more',
  async () => {
    const outcomes = await everyOrder({
      document: flow([trigger, wait('w'), wait('x')], ['m → w', 'w → x']),
      before: async (run) => {
        await wakes(run);
        await run.append(fits());
      },
      actors: (run) => [run.poster('terminate'), run.dispatcher(), run.worker().actor],
      check: ({ status }) => expect(status).toBe('terminated'),
    });
    expect([...outcomes.keys()].toSorted()).toEqual(['terminated ', 'terminated w']);
  },
  timeoutMs,
);

it(
  'a worker that is lost between registering a wait and looking is taken over',
  async () => {
    const outcomes = await everyOrder({
      document: plain,
      before: loseWorker,
      actors: (run) => [run.worker().actor, publisher(run, fits()), inOneGo(run.dispatcher())],
      check: ({ endedBy }) => expect(endedBy).toEqual({ w: 2 }),
    });
    expect([...outcomes.keys()]).toEqual(['succeeded w']);
  },
  timeoutMs,
);

it(
  'a worker that was lost and looks late does no harm',
  async () => {
    const outcomes = await everyOrder({
      document: plain,
      before: async (run) => void (await run.append(fits())),
      actors: (run) => [lateWorker(run), inOneGo(run.worker().actor), run.dispatcher()],
      check: ({ endedBy }) => expect(endedBy).toEqual({ w: 2 }),
    });
    expect([...outcomes.keys()]).toEqual(['succeeded w']);
  },
  timeoutMs,
);
