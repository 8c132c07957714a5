/** Questions to people on the real API with a real worker: who may answer, once, in time, and what the run makes of it. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FlowDocument } from '@/core/flow/document';
import { flow, step, transform, trigger } from '@/core/flow/testing';
import type { JsonObject } from '@/core/json';
import type { ApprovalView } from '@/server/services/approvals/schemas';
import type { Caller, Scope } from '@/server/services/ports';
import { type Api, openApi } from '@/server/testing/api';
import { makeMember } from '@/server/testing/people';
import { createTestPlatform } from '@/server/testing/test-platform';
import { waitFor } from '@/server/testing/wait-for';
import { type RunningWorker, startWorker } from '@/workers/worker';

interface Run {
  readonly status: string;
  readonly output: unknown;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly reason: { readonly code: string; readonly actions: string[] } | null;
}

let api: Api;
let worker: RunningWorker;
let restart: () => Promise<void>;
let closePlatform: () => Promise<void>;
let ines: Caller;
let otto: Caller;
let vera: Caller;
let tests = 0;

beforeAll(async () => {
  api = await openApi();
  const start = async (): Promise<void> => {
    const platform = await createTestPlatform(api.servers, 'worker');
    worker = await startWorker(platform, 'test');
    closePlatform = () => platform.close();
  };
  restart = async () => {
    await worker.stop();
    await closePlatform();
    await start();
  };
  await start();
  const { pool } = api.container;
  ines = await makeMember(pool, api.main, { email: 'ines@example.com', name: 'Ines Marek', role: 'owner' });
  otto = await makeMember(pool, api.main, { email: 'otto@example.com', name: 'Otto', role: 'editor' });
  vera = await makeMember(pool, api.main, { email: 'vera@example.com', name: 'Vera', role: 'viewer' });
});
afterAll(async () => {
  await worker.stop();
  await closePlatform();
  await api.close();
});
beforeEach(() => {
  tests += 1;
});

//   m → ask → then        rejected and timeout as drawn by `more`
const asking = (config: JsonObject = {}, more: readonly string[] = []): FlowDocument =>
  flow(
    [
      trigger,
      step('ask', 'human.approval', { title: `Question ${tests}?`, ...config }),
      transform('then', { yes: '{{ steps.ask.output }}' }),
      ...more.map((port) => transform(port, { left: port, said: '{{ steps.ask.output }}' })),
    ],
    ['m → ask', 'ask → then', ...more.map((port) => `ask.${port} → ${port}`)],
    { name: `Flow ${tests}` },
  );
const form = {
  type: 'object',
  required: ['amount'],
  additionalProperties: false,
  properties: { amount: { type: 'number', minimum: 1 }, note: { type: 'string' } },
};

const start = async (document: FlowDocument): Promise<string> => {
  const flowId = await api.publish(document);
  const answer = await api.call<{ runId: string }>(`POST /flows/${flowId}/runs`, { body: {} });
  expect(answer.status, answer.text).toBe(202);
  return answer.body.runId;
};
const inStatus = (runId: string, status: string): Promise<Run> =>
  waitFor(`the run to be ${status}`, async () => {
    const { body } = await api.call<Run>(`GET /runs/${runId}`);
    return body.status === status ? body : undefined;
  });
const approvalsOf = async (runId: string): Promise<{ id: string; status: string }[]> =>
  (await api.call<{ items: { id: string; status: string }[] }>(`GET /approvals?run=${runId}`)).body.items;
/** Starts a flow and waits until it asks. */
const asked = async (document: FlowDocument): Promise<{ runId: string; id: string }> => {
  const runId = await start(document);
  const id = await waitFor('the question', async () => (await approvalsOf(runId))[0]?.id);
  return { runId, id };
};
const read = async (id: string): Promise<ApprovalView> => (await api.call<ApprovalView>(`GET /approvals/${id}`)).body;
const approvals = () => api.container.services.approvals;
const keyWith = async (...scopes: Scope[]): Promise<string> =>
  (await api.container.services.apiKeys.create(ines, { name: `key ${tests}`, scopes })).key;
const auditOf = async (id: string) =>
  (
    await api.container.pool.query(
      'SELECT actor, action, details FROM audit_log WHERE target_kind = $1 AND target_id = $2 ORDER BY id',
      ['approval', id],
    )
  ).rows;

describe('a question', () => {
  it('is asked with the run, and announced on the stream in the same append', async () => {
    const { runId, id } = await asked(asking({ description: 'Why', assignee: 'Ines@example.com', waitMs: 3_600_000 }));
    expect(await inStatus(runId, 'waiting')).toMatchObject({
      reason: { code: 'approval', actions: ['answer', 'cancel', 'terminate'] },
    });
    const approval = await read(id);
    expect(approval).toMatchObject({
      status: 'open',
      title: `Question ${tests}?`,
      description: 'Why',
      assignee: 'ines@example.com',
      assigneeIsMember: true,
      form: null,
      runId,
      flowName: `Flow ${tests}`,
      stepId: 'ask',
      path: '',
      answeredBy: null,
    });
    const { body } = await api.call<{ items: { event: JsonObject }[] }>('GET /events?type=headrace.approval.requested');
    const event = body.items.map((item) => item.event).find((one) => one.id === id);
    expect(event).toMatchObject({
      type: 'headrace.approval.requested',
      subject: id,
      data: { approvalId: id, runId, title: approval.title, assignee: 'ines@example.com', dueAt: approval.dueAt },
    });
    expect(JSON.stringify(event)).not.toContain('/approve/');
  });

  it('survives that every worker goes', async () => {
    const { runId, id } = await asked(asking());
    await inStatus(runId, 'waiting');
    await restart();
    await approvals().answer(otto, { approvalId: id, decision: 'approve', comment: 'Fine' });
    expect(await inStatus(runId, 'succeeded')).toMatchObject({ output: { yes: { approved: true, comment: 'Fine' } } });
  });

  it('is asked once per iteration of a loop, each answered by its path', async () => {
    const document = flow(
      [
        trigger,
        step('lines', 'logic.forEach', { items: ['a', 'b'], concurrency: 2 }),
        step('ask', 'human.approval', { title: 'Line {{ item }}?' }, { in: 'lines' }),
      ],
      ['m → lines'],
    );
    const runId = await start(document);
    await waitFor('two questions', async () => ((await approvalsOf(runId)).length === 2 ? true : undefined));
    for (const [path, comment] of [
      ['lines[1]', 'second'],
      ['lines[0]', 'first'],
    ]) {
      const resolved = await api.call(`POST /runs/${runId}/resolve`, {
        body: { stepId: 'ask', path, action: 'answer', comment },
      });
      expect(resolved.status, resolved.text).toBe(202);
    }
    expect(await inStatus(runId, 'succeeded')).toMatchObject({
      output: {
        items: [
          { approved: true, comment: 'first' },
          { approved: true, comment: 'second' },
        ],
      },
    });
  });
});

describe('an answer', () => {
  it('is what the form says, and everything wrong with it is said at once', async () => {
    const { runId, id } = await asked(asking({ form }));
    const problem = await api.refused('request.invalid', `POST /approvals/${id}/answer`, {
      body: { decision: 'approve', answer: { amount: 0, note: 7, extra: 1 } },
    });
    expect(problem.errors?.map(({ pointer }) => pointer).toSorted()).toEqual([
      '/answer/amount',
      '/answer/extra',
      '/answer/note',
    ]);
    expect(await read(id)).toMatchObject({ status: 'open' });
    const answered = await api.call<ApprovalView>(`POST /approvals/${id}/answer`, {
      body: { decision: 'approve', answer: { amount: 5 } },
    });
    expect(answered.status, answered.text).toBe(200);
    expect(answered.body).toMatchObject({ status: 'approved', answer: { amount: 5 }, answeredBy: { via: 'key' } });
    expect(await inStatus(runId, 'succeeded')).toMatchObject({ output: { yes: { amount: 5 } } });
  });

  it.each<[string, JsonObject, JsonObject, string]>([
    ['without the form filled in', { form }, { decision: 'approve' }, '/answer'],
    ['of a form to a plain question', {}, { decision: 'approve', answer: {} }, '/answer'],
    ['of a form with a no', { form }, { decision: 'reject', answer: { amount: 1 } }, '/answer'],
    ['that is no decision', {}, { decision: 'maybe' }, '/decision'],
    ['with a field nobody knows', {}, { decision: 'approve', why: 'x' }, '/why'],
    ['with NUL in the comment', {}, { decision: 'approve', comment: 'a\u0000' }, '/comment'],
    ['that is larger than a form', { form: {} }, { decision: 'approve', answer: 'x'.repeat(70_000) }, '/answer'],
  ])('%s is refused', async (_what, config, body, pointer) => {
    const { id } = await asked(asking(config));
    const problem = await api.refused('request.invalid', `POST /approvals/${id}/answer`, { body });
    expect(problem.errors?.map((fault) => fault.pointer)).toEqual([pointer]);
    expect(await read(id)).toMatchObject({ status: 'open' });
  });

  it('of no leaves by rejected, or fails the step when nobody drew that', async () => {
    const drawn = await asked(asking({}, ['rejected']));
    await approvals().answer(otto, { approvalId: drawn.id, decision: 'reject', comment: 'Too dear' });
    expect(await inStatus(drawn.runId, 'succeeded')).toMatchObject({
      output: { left: 'rejected', said: { approved: false, comment: 'Too dear' } },
    });
    const undrawn = await asked(asking());
    await approvals().answer(otto, { approvalId: undrawn.id, decision: 'reject', comment: 'No' });
    expect(await inStatus(undrawn.runId, 'failed')).toMatchObject({
      error: { code: 'approval.rejected', message: expect.stringContaining('Otto rejected it: No') },
    });
  });

  it('given twice is refused, naming who answered and when, and nothing of a secret', async () => {
    const { runId, id } = await asked(asking());
    await approvals().answer(otto, { approvalId: id, decision: 'approve' });
    const { answeredAt } = await read(id);
    const problem = await api.refused('approval.answered', `POST /approvals/${id}/answer`, {
      body: { decision: 'reject' },
    });
    expect(problem).toMatchObject({ status: 409, detail: `Otto approved this on ${answeredAt}.`, answeredBy: 'Otto' });
    await api.refused('approval.answered', `POST /runs/${runId}/resolve`, {
      body: { stepId: 'ask', action: 'answer' },
    });
    await inStatus(runId, 'succeeded');
  });

  it('is one of two that come at the same time', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { runId, id } = await asked(asking({}, ['rejected']));
      const given = await Promise.allSettled([
        approvals().answer(otto, { approvalId: id, decision: 'approve' }),
        approvals().answer(ines, { approvalId: id, decision: 'reject' }),
        api.call(`POST /approvals/${id}/answer`, { body: { decision: 'approve' } }).then((answer) => {
          if (answer.status !== 200) throw answer.body;
        }),
      ]);
      expect(given.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const one of given)
        if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'approval.answered' });
      const { status } = await read(id);
      const { output } = await inStatus(runId, 'succeeded');
      expect(output).toMatchObject(status === 'approved' ? { yes: { approved: true } } : { left: 'rejected' });
      expect(await auditOf(id)).toHaveLength(1);
    }
  });

  it('is in the audit log with who, what and by which door', async () => {
    const { runId, id } = await asked(asking({ assignee: 'otto@example.com' }));
    await approvals().answer(ines, { approvalId: id, decision: 'reject', comment: 'In your place' });
    expect(await auditOf(id)).toEqual([
      {
        actor: ines.actor,
        action: 'approval.rejected',
        details: {
          runId,
          stepId: 'ask',
          path: '',
          via: 'ui',
          assignee: 'otto@example.com',
          inPlaceOfAssignee: true,
        },
      },
    ]);
  });
});

describe('whose answer counts', () => {
  it('is the one of whoever is asked, whatever their role, or of an owner', async () => {
    const { runId, id } = await asked(asking({ assignee: 'VERA@example.com' }));
    expect(await approvals().get(vera, { approvalId: id })).toMatchObject({ mayAnswer: 'yes' });
    expect(await approvals().get(ines, { approvalId: id })).toMatchObject({ mayAnswer: 'asOwner' });
    expect(await approvals().get(otto, { approvalId: id })).toMatchObject({ mayAnswer: 'no', mayMakeLinks: false });
    await expect(approvals().answer(otto, { approvalId: id, decision: 'approve' })).rejects.toMatchObject({
      code: 'auth.forbidden',
    });
    await expect(approvals().makeLink(otto, { approvalId: id })).rejects.toMatchObject({ code: 'auth.forbidden' });
    const key = await keyWith('approvals:read', 'approvals:write', 'runs:write');
    await api.refused('auth.forbidden', `POST /approvals/${id}/answer`, { body: { decision: 'approve' }, key });
    await api.refused('auth.forbidden', `POST /runs/${runId}/resolve`, {
      body: { stepId: 'ask', action: 'answer' },
      key,
    });
    expect(await read(id)).toMatchObject({ status: 'open' });
    await approvals().answer(vera, { approvalId: id, decision: 'approve' });
    await inStatus(runId, 'succeeded');
  });

  it('is anybody’s who may answer, when nobody in particular is asked', async () => {
    const { id } = await asked(asking());
    await expect(approvals().answer(vera, { approvalId: id, decision: 'approve' })).rejects.toMatchObject({
      code: 'auth.forbidden',
      details: { scope: 'approvals:write' },
    });
    expect(await approvals().answer(otto, { approvalId: id, decision: 'approve' })).toMatchObject({
      status: 'approved',
      answeredBy: { actor: otto.actor, name: 'Otto', via: 'ui' },
    });
  });

  it('is nobody’s of another workspace, who is not even told that there is a question', async () => {
    const { id } = await asked(asking());
    const stranger = await api.makeTenant(`stranger-${tests}`);
    for (const target of [`GET /approvals/${id}`, `POST /approvals/${id}/answer`, `POST /approvals/${id}/links`]) {
      const body = target.endsWith('answer') ? { body: { decision: 'approve' } } : {};
      await api.refused('resource.notFound', target, { ...body, key: stranger.key });
    }
  });
});

describe('an answer that comes too late', () => {
  const soon = 400;

  it('is refused once the time is over, and the run leaves by timeout', async () => {
    const { runId, id } = await asked(asking({ waitMs: soon }, ['timeout']));
    expect(await inStatus(runId, 'succeeded')).toMatchObject({ output: { left: 'timeout' } });
    await api.refused('approval.expired', `POST /approvals/${id}/answer`, { body: { decision: 'approve' } });
    expect(await read(id)).toMatchObject({ status: 'expired', answeredBy: null });
  });

  it('is refused although no worker has taken note of the time', async () => {
    const { runId, id } = await asked(asking());
    await inStatus(runId, 'waiting');
    await api.container.pool.query("UPDATE approvals SET due_at = now() - interval '1 ms' WHERE id = $1", [id]);
    await api.refused('approval.expired', `POST /approvals/${id}/answer`, { body: { decision: 'approve' } });
    expect(await read(id)).toMatchObject({ status: 'expired' });
    const listed = async (status: string): Promise<number> =>
      (await api.call<{ items: unknown[] }>(`GET /approvals?run=${runId}&status=${status}`)).body.items.length;
    expect([await listed('open'), await listed('expired')]).toEqual([0, 1]);
  });

  it('never counts beside the timeout: of the two exactly one happens', async () => {
    const outcomes = new Set<string>();
    for (let round = 0; round < 12; round += 1) {
      const { runId, id } = await asked(asking({ waitMs: 150 }, ['timeout']));
      const dueAtMs = Date.parse((await read(id)).dueAt ?? '');
      await waitFor(
        'the deadline to be near',
        () => (Date.now() >= dueAtMs - 12 + round * 2 ? true : undefined),
        5_000,
        1,
      );
      const given = await approvals()
        .answer(otto, { approvalId: id, decision: 'approve' })
        .then(
          () => 'approved',
          (error: { code: string }) => error.code,
        );
      const { output } = await inStatus(runId, 'succeeded');
      const { status } = await read(id);
      if (given === 'approved') {
        expect({ output, status }).toMatchObject({ output: { yes: { approved: true } }, status: 'approved' });
      } else {
        expect(given).toBe('approval.expired');
        expect({ output, status }).toMatchObject({ output: { left: 'timeout' }, status: 'expired' });
      }
      outcomes.add(given);
    }
    expect([...outcomes].every((one) => ['approved', 'approval.expired'].includes(one))).toBe(true);
  });

  it('never counts beside a cancel: of the two exactly one happens', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { runId, id } = await asked(asking());
      await inStatus(runId, 'waiting');
      const [cancelled, given] = await Promise.allSettled([
        api.call(`POST /runs/${runId}/cancel`),
        approvals().answer(otto, { approvalId: id, decision: 'approve' }),
      ]);
      const { status: runStatus } = await waitFor('the run to end', async () => {
        const { body } = await api.call<Run>(`GET /runs/${runId}`);
        return ['succeeded', 'cancelled'].includes(body.status) ? body : undefined;
      });
      const { status } = await read(id);
      expect(cancelled.status).toBe('fulfilled');
      if (given.status === 'fulfilled') {
        expect(status).toBe('approved');
      } else {
        expect(given.reason).toMatchObject({ code: 'approval.withdrawn' });
        expect({ runStatus, status }).toEqual({ runStatus: 'cancelled', status: 'withdrawn' });
      }
    }
  });

  it('is refused when the run has ended', async () => {
    const { runId, id } = await asked(asking());
    await api.call(`POST /runs/${runId}/terminate`);
    await inStatus(runId, 'terminated');
    await api.refused('approval.withdrawn', `POST /approvals/${id}/answer`, { body: { decision: 'approve' } });
    await api.refused('run.notWaiting', `POST /runs/${runId}/resolve`, { body: { stepId: 'then', action: 'answer' } });
  });
});

describe('the list', () => {
  it('shows what is due next first, page by page, and only what asks me when I want that', async () => {
    const tenant = await api.makeTenant(`list-${tests}`);
    const paula = await makeMember(api.container.pool, tenant, { email: 'paula@example.com', role: 'editor' });
    const ask = async (config: JsonObject): Promise<void> => {
      const flowId = await api.publish(asking(config), tenant);
      await api.call(`POST /flows/${flowId}/runs`, { body: {}, key: tenant.key });
    };
    await ask({ title: 'late', waitMs: 9_000_000 });
    await ask({ title: 'never' });
    await ask({ title: 'soon 100%', waitMs: 1_000_000, assignee: 'paula@example.com' });
    await ask({ title: 'theirs', waitMs: 5_000_000, assignee: 'quinn@example.com' });
    const titles = async (input: Parameters<ReturnType<typeof approvals>['list']>[1]): Promise<string[]> => {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await approvals().list(paula, { ...input, limit: 1, ...(cursor === undefined ? {} : { cursor }) });
        seen.push(...page.items.map(({ title }) => title));
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      return seen;
    };
    await waitFor('four questions', async () => ((await titles({})).length === 4 ? true : undefined));
    expect(await titles({ order: 'due' })).toEqual(['soon 100%', 'theirs', 'late', 'never']);
    expect(await titles({ order: 'due', mine: true })).toEqual(['soon 100%', 'late', 'never']);
    expect((await titles({ status: ['open'] })).toSorted()).toEqual(['late', 'never', 'soon 100%', 'theirs']);
    expect(await titles({ q: '100%' })).toEqual(['soon 100%']);
    expect(await titles({ q: 'quinn' })).toEqual(['theirs']);
    expect(await titles({ status: ['approved', 'rejected'] })).toEqual([]);
    expect(await approvals().count(paula)).toEqual({ count: 3, isAll: true });
  });

  it.each([
    ['?status=done', '?status'],
    ['?order=title', '?order'],
    ['?order=due&status=approved', '?order'],
    ['?cursor=bm90aGluZw', '?cursor'],
    ['?mine=perhaps', '?mine'],
    ['?run=7', '?run'],
    ['?limit=0', '?limit'],
    ['?why=x', '?why'],
  ])('refuses %s', async (query, pointer) => {
    const problem = await api.refused('request.invalid', `GET /approvals${query}`);
    expect(problem.errors?.[0]?.pointer).toBe(pointer);
  });

  it('refuses the cursor of the other order', async () => {
    await asked(asking({ waitMs: 9_000_000 }));
    await asked(asking({ waitMs: 9_000_000 }));
    const { body } = await api.call<{ nextCursor: string }>('GET /approvals?order=due&limit=1');
    await api.refused('request.invalid', `GET /approvals?cursor=${body.nextCursor}`);
  });
});
