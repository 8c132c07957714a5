import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Container } from '@/server/create-container';
import { echoFlow } from '@/server/testing/api';
import { callerWith, callProcedure, openPerson, openWeb, type RouterCaller } from '@/server/testing/web';
import { appRouter } from './router';

const procedures = appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>;
const paths = Object.keys(procedures).sort();
const typeOf = (path: string): string => procedures[path]?._def.type ?? '';

interface Person extends Awaited<ReturnType<typeof openPerson>> {}

/** Everything a workspace can hold, by the ids that name it. */
interface Things {
  readonly flowId: string;
  readonly runId: string;
  readonly approvalId: string;
  readonly keyId: string;
}

let web: Container;
let me: Person;
let my: Things;
let theirs: Things;
let they: Person;

beforeAll(async () => {
  web = await openWeb();
  they = await openPerson(web, 'theirs', 'owner');
  theirs = await fill(await callerWith(web, they.headers()), 'their');
  me = await openPerson(web, 'main', 'owner');
  my = await fill(await callerWith(web, me.headers()), 'my');
});
afterAll(() => web.close());

async function fill(caller: RouterCaller, owner: string): Promise<Things> {
  const settings = { lane: { key: `${owner} lane` }, concurrency: 1 };
  const { id: flowId } = await caller.flows.create({ document: echoFlow(`${owner} flow`, { settings }) });
  await caller.flows.publish({ flowId });
  // The others have more events, so that their last position is nobody's here.
  const { runId } = await caller.runs.start({ flowId, data: `${owner} data` });
  if (owner === 'their') await caller.runs.start({ flowId });
  await caller.variables.put({ name: 'shared_name', value: `${owner} value` });
  await caller.secrets.put({ name: 'shared_name', value: `${owner} secret` });
  const { id: keyId } = await caller.apiKeys.create({ name: `${owner} key`, scopes: ['runs:read'] });
  return { flowId, runId, approvalId: await makeApproval(runId, owner), keyId };
}

/** No worker asks here. */
async function makeApproval(runId: string, owner: string): Promise<string> {
  const id = crypto.randomUUID();
  await web.pool.query(
    `INSERT INTO approvals (workspace_id, id, run_id, flow_id, step_id, title)
     SELECT workspace_id, $1, id, flow_id, 'ask', $3 FROM runs WHERE id = $2`,
    [id, runId, `${owner} question`],
  );
  return id;
}

interface Attempt {
  readonly input: unknown;
  /** `refused`: as if it did not exist · `own`: it concerns what is one's own · or the code it must be refused with. */
  readonly expected: 'refused' | 'own' | 'auth.setupDone';
}

/**
 * How each procedure is tried with what belongs to somebody else. A new procedure fails the first test below until it
 * has a line here.
 */
const attempts = (foreign: Things): Record<string, Attempt> => {
  const { flowId, runId, approvalId, keyId } = foreign;
  const refused = (input: unknown): Attempt => ({ input, expected: 'refused' });
  const own = (input?: unknown): Attempt => ({ input, expected: 'own' });
  return {
    'flows.list': own({ q: 'flow' }),
    'flows.get': refused({ flowId }),
    'flows.create': own({ document: echoFlow('another') }),
    'flows.save': refused({ flowId, revision: 1, document: echoFlow('taken over') }),
    'flows.remove': refused({ flowId }),
    'flows.duplicate': refused({ flowId }),
    'flows.validate': own({ document: echoFlow() }),
    'flows.publish': refused({ flowId }),
    'flows.pause': refused({ flowId }),
    'flows.resume': refused({ flowId }),
    'flows.versions': refused({ flowId }),
    'flows.version': refused({ flowId, version: 1 }),
    'flows.promote': refused({ flowId, version: 1 }),
    'flows.examples': own(),
    'flows.createExample': own({ exampleId: 'order-intake' }),
    // Says nothing of flows that are not one's own.
    'flows.callees': own({ flows: ['Echo'] }),
    'runs.list': own({}),
    'runs.get': refused({ runId }),
    'runs.document': refused({ runId }),
    'runs.journal': refused({ runId }),
    'runs.iterations': refused({ runId, stepId: 'each' }),
    'runs.start': refused({ flowId }),
    'runs.cancel': refused({ runId }),
    'runs.terminate': refused({ runId }),
    'runs.resolve': refused({ runId, stepId: 'echo', action: 'retry' }),
    'runs.retry': refused({ runId }),
    'runs.rerun': refused({ runId }),
    'runs.previewRerun': refused({ runId }),
    'runs.family': refused({ runId }),
    'runs.children': refused({ runId }),
    // None, as for a run of one's own that was never done again.
    'runs.repeats': own({ runId }),
    // Says null, as for a flow of one's own that never ran.
    'runs.latestData': own({ flowId }),
    'runs.watch': own({}),
    'lanes.list': own({}),
    'lanes.limits': own({}),
    'approvals.list': own({}),
    'approvals.count': own(),
    'approvals.get': refused({ approvalId }),
    'approvals.answer': refused({ approvalId, decision: 'approve' }),
    'approvals.makeLink': refused({ approvalId }),
    'approvals.revokeLinks': refused({ approvalId }),
    'events.list': own({}),
    'events.get': refused({ position: 2 }),
    'variables.list': own({}),
    'variables.put': own({ name: 'shared_name', value: 'my new value' }),
    'variables.remove': own({ name: 'shared_name' }),
    'secrets.list': own({}),
    'secrets.put': own({ name: 'shared_name', value: 'my new secret' }),
    'secrets.remove': own({ name: 'shared_name' }),
    'apiKeys.list': own(),
    'apiKeys.create': own({ name: 'another', scopes: ['runs:read'] }),
    'apiKeys.revoke': refused({ keyId }),
    'workers.list': own(),
    'profile.get': own(),
    'profile.update': own({ name: 'A new name', preferences: { theme: 'dark' } }),
    'profile.changePassword': own({ currentPassword: 'the same for everybody', newPassword: 'another for myself' }),
    'firstVisit.state': own(),
    'firstVisit.createOwner': {
      input: { name: 'Intruder', email: 'intruder@example.com', password: 'long enough' },
      expected: 'auth.setupDone',
    },
    'system.version': own(),
  };
};

/** Opens a subscription and closes it again, so that it counts as an answer; others answer by themselves. */
async function answerOf(caller: RouterCaller, path: string, input: unknown): Promise<unknown> {
  const answer = await callProcedure(caller, path, input);
  if (typeOf(path) !== 'subscription') return answer;
  return (answer as AsyncGenerator).return(undefined);
}

const refusalOf = async (caller: RouterCaller, path: string, input: unknown): Promise<string> => {
  try {
    await answerOf(caller, path, input);
    return 'answered';
  } catch (error) {
    const { cause } = error as { cause?: { code?: string } };
    return cause?.code ?? String(error);
  }
};

/** All rows of a workspace, as text that changes when any of them does. */
async function rowsOf({ workspaceId, userId }: Person): Promise<string> {
  const tables = [
    'flows',
    'flow_versions',
    'variables',
    'secrets',
    'api_keys',
    'runs',
    'run_inbox',
    'lane_runs',
    'approvals',
    'approval_links',
    'audit_log',
  ];
  const queries = tables.map((table) => [`SELECT * FROM ${table} WHERE workspace_id = $1`, workspaceId] as const);
  const all = [
    ...queries,
    ['SELECT id, name, email, preferences FROM users WHERE id = $1', userId] as const,
    ['SELECT * FROM memberships WHERE user_id = $1', userId] as const,
    ['SELECT password FROM accounts WHERE user_id = $1', userId] as const,
  ];
  const results = await Promise.all(all.map(([sql, id]) => web.pool.query(sql, [id])));
  return JSON.stringify(results.map(({ rows }) => rows));
}

describe('what belongs to another workspace', () => {
  it('is tried with every procedure', () => {
    expect(Object.keys(attempts(theirs)).sort()).toEqual(paths);
  });

  it('is neither shown nor changed by any of them', async () => {
    const before = await rowsOf(they);
    for (const [path, { input, expected }] of Object.entries(attempts(theirs))) {
      // A caller each, as every request has.
      const caller = await callerWith(web, me.headers());
      if (expected === 'own') {
        const answer = JSON.stringify(await answerOf(caller, path, input)) ?? '';
        for (const mark of [theirs.flowId, theirs.runId, theirs.keyId, they.workspaceId, they.email, 'their ']) {
          expect(answer, path).not.toContain(mark);
        }
      } else {
        const code = expected === 'refused' ? 'resource.notFound' : expected;
        expect([path, await refusalOf(caller, path, input)]).toEqual([path, code]);
      }
    }
    expect(await rowsOf(they)).toBe(before);
  });

  it('does not appear among the live notes', async () => {
    const caller = await callerWith(web, me.headers());
    const notes = (await caller.runs.watch({})) as AsyncIterable<unknown>;
    const iterator = notes[Symbol.asyncIterator]();
    const first = iterator.next();
    const note = (things: Things) => ({ ...things, status: 'running' as const, n: 1 });
    let isHeard = false;
    const heard = first.finally(() => {
      isHeard = true;
    });
    while (!isHeard) {
      web.runNotes.publish(they.workspaceId, [note(theirs)]);
      web.runNotes.publish(me.workspaceId, [note(my)]);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await heard).value).toMatchObject({ runId: my.runId });
    await iterator.return?.();
  });
});

describe('without a session', () => {
  it('nothing answers but the first visit', async () => {
    const caller = await callerWith(web, new Headers({ origin: web.env.publicUrl }));
    for (const [path, { input }] of Object.entries(attempts(theirs))) {
      const expected = path.startsWith('firstVisit.') ? /^(answered|auth\.setupDone)$/ : /^auth\.required$/;
      expect(await refusalOf(caller, path, input), path).toMatch(expected);
    }
  });
});

describe('a change from another origin', () => {
  it('is refused whatever it is, although the session is good', async () => {
    const headers = they.headers();
    headers.set('origin', 'https://evil.example');
    headers.set('sec-fetch-site', 'cross-site');
    const caller = await callerWith(web, headers);
    const before = await rowsOf(they);
    for (const path of paths.filter((one) => typeOf(one) === 'mutation')) {
      expect([path, await refusalOf(caller, path, attempts(theirs)[path]?.input)]).toEqual([
        path,
        'auth.originRefused',
      ]);
    }
    expect(await rowsOf(they)).toBe(before);
  });
});

describe('a viewer', () => {
  it('reads everything but API keys and changes nothing but their own account', async () => {
    const viewer = await openPerson(web, 'theirs', 'viewer');
    const caller = await callerWith(web, viewer.headers());
    const before = await rowsOf(they);
    for (const [path, { input }] of Object.entries(attempts(theirs))) {
      if (path.startsWith('profile.') || path.startsWith('firstVisit.')) continue;
      // Judging a document somebody holds already changes nothing.
      const isRead = (typeOf(path) !== 'mutation' && path !== 'apiKeys.list') || path === 'flows.validate';
      // Their run has not ended, so there is nothing to preview; that this is said is reading, too.
      const answered = path === 'runs.previewRerun' ? 'run.notRetryable' : 'answered';
      expect([path, await refusalOf(caller, path, input)]).toEqual([path, isRead ? answered : 'auth.forbidden']);
    }
    expect(await rowsOf(they)).toBe(before);
  });
});

describe('an editor', () => {
  it('may change flows and secrets, and neither see nor make API keys', async () => {
    const editor = await openPerson(web, 'theirs', 'editor');
    const caller = await callerWith(web, editor.headers());
    for (const path of ['flows.duplicate', 'secrets.put', 'variables.put', 'runs.start']) {
      expect([path, await refusalOf(caller, path, attempts(theirs)[path]?.input)]).toEqual([path, 'answered']);
    }
    for (const path of paths.filter((one) => one.startsWith('apiKeys.'))) {
      expect([path, await refusalOf(caller, path, attempts(theirs)[path]?.input)]).toEqual([path, 'auth.forbidden']);
    }
  });
});
