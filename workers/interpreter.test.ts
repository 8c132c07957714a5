import { expect, it } from 'vitest';
import { compileFlow } from '@/core/flow/compile';
import { flow, step, trigger } from '@/core/flow/testing';
import type { JournalEntry } from '@/core/run/entries';
import { fold } from '@/core/run/evolve';
import { silentLog } from '@/server/testing/silent-log';
import { createInterpreter } from '@/workers/interpreter';
import type { InterpreterDeps } from '@/workers/wake-up';

const dayMs = 24 * 60 * 60_000;

//   m → later          a delay of a day: the run has nothing to do and parks without an append
const document = flow([trigger, step('later', 'logic.delay', { ms: dayMs })], ['m → later']);
const entries: readonly JournalEntry[] = [
  { type: 'run.started', v: 1, atMs: 0, triggerStep: 'm', tags: {} },
  { type: 'step.waiting', v: 1, atMs: 0, stepId: 'later', attempt: 1, input: {}, untilMs: dayMs },
];
const row = { workspaceId: 'w', id: 'r', status: 'waiting', owner: null, journalN: 1, inboxDone: 0 };

it('does not swallow a ring that comes while the run parks', async () => {
  let loads = 0;
  const deps = {
    runStore: {
      load: async () => {
        loads += 1;
        // The first look is over when the second ring comes: the wake-up under way will not see what it tells of.
        if (loads === 1) setImmediate(() => rings.push(interpreter.wake('w', 'r')));
        await new Promise(setImmediate);
        return { row, event: { event: {} }, state: fold({}, entries), inbox: [], snapshotSeq: 0 };
      },
    },
    versions: { compiled: async () => compileFlow(document) },
    lease: { workerId: 'me', isValid: () => true },
    variables: async () => ({}),
    clock: { nowMs: () => 1_000 },
    log: silentLog,
  } as unknown as InterpreterDeps;
  const interpreter = createInterpreter(deps);
  const rings: Promise<string>[] = [];
  expect(await interpreter.wake('w', 'r')).toBe('parked');
  expect(await Promise.all(rings)).toEqual(['skipped']);
  expect(loads).toBe(2);
});
