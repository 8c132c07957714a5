/** The door for those who have nothing but a link: what it shows, whom it lets in, and that it does so once. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { flow, step, transform, trigger } from '@/core/flow/testing';
import type { JsonObject } from '@/core/json';
import type { HttpResponse } from '@/server/http/types';
import { type Api, openApi } from '@/server/testing/api';
import { createTestPlatform } from '@/server/testing/test-platform';
import { waitFor } from '@/server/testing/wait-for';
import { type RunningWorker, startWorker } from '@/workers/worker';

interface Asked {
  readonly runId: string;
  readonly id: string;
}
interface Sent {
  readonly fields?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of the body; the link's own unless said otherwise. */
  readonly token?: string | null;
}

let api: Api;
let worker: RunningWorker;
let closePlatform: () => Promise<void>;
let tests = 0;
let address = '';

beforeAll(async () => {
  api = await openApi();
  const platform = await createTestPlatform(api.servers, 'worker');
  worker = await startWorker(platform, 'test');
  closePlatform = () => platform.close();
});
afterAll(async () => {
  await worker.stop();
  await closePlatform();
  await api.close();
});
beforeEach(() => {
  tests += 1;
  // Each test counts for itself.
  address = `10.0.0.${tests}`;
});

const asked = async (config: JsonObject = {}): Promise<Asked> => {
  const steps = [
    trigger,
    step('ask', 'human.approval', { title: `Question ${tests}?`, ...config }),
    transform('then', '{{ steps.ask.output }}'),
  ];
  const flowId = await api.publish(flow(steps, ['m → ask', 'ask → then'], { name: `Flow ${tests}` }));
  const { runId } = (
    await api.call<{ runId: string }>(`POST /flows/${flowId}/runs`, { body: { data: { secret: 'of the run' } } })
  ).body;
  const id = await waitFor('the question', async () => {
    const { body } = await api.call<{ items: { id: string }[] }>(`GET /approvals?run=${runId}`);
    return body.items[0]?.id;
  });
  return { runId, id };
};
const linkTo = async ({ id }: Asked, body: JsonObject = {}): Promise<string> => {
  const made = await api.call<{ url: string }>(`POST /approvals/${id}/links`, { body });
  expect(made.status, made.text).toBe(201);
  return made.body.url.split('/approve/')[1] ?? '';
};
const request = (
  method: string,
  path: string,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<HttpResponse> =>
  api.container.approvalDoor.handle({
    method,
    path,
    query: new URLSearchParams(),
    headers,
    body: new TextEncoder().encode(body),
    remoteAddress: address,
  });
const look = (token: string, method = 'GET'): Promise<HttpResponse> => request(method, `/approve/${token}`, '', {});
const send = (token: string, decision: string, { fields = {}, headers = {}, token: inBody = token }: Sent = {}) => {
  const body = new URLSearchParams({ ...(inBody === null ? {} : { token: inBody }), decision, ...fields });
  return request('POST', `/approve/${token}`, body.toString(), {
    'content-type': 'application/x-www-form-urlencoded',
    ...headers,
  });
};
const statusOf = async ({ id }: Asked): Promise<string> =>
  (await api.call<{ status: string }>(`GET /approvals/${id}`)).body.status;
const outputOf = ({ runId }: Asked): Promise<unknown> =>
  waitFor('the run to end', async () => {
    const { body } = await api.call<{ status: string; output: unknown }>(`GET /runs/${runId}`);
    return body.status === 'succeeded' ? body.output : undefined;
  });
const sql = (text: string, ...values: unknown[]) => api.container.pool.query(text, values);

describe('looking', () => {
  it('shows the question and nothing of the run, of people, or of the workspace', async () => {
    const one = await asked({ title: 'Ship <b>it</b>?', description: 'Say "yes" & go', assignee: 'ines@example.com' });
    const page = await look(await linkTo(one));
    expect(page.status).toBe(200);
    expect(page.body).toContain('Ship &lt;b&gt;it&lt;/b&gt;?');
    expect(page.body).toContain('Say &quot;yes&quot; &amp; go');
    expect(page.body).toContain(`Flow ${tests}`);
    for (const hidden of [one.runId, one.id, 'ines@example.com', 'of the run']) expect(page.body).not.toContain(hidden);
  });

  it('never answers and never uses the link up, however often and by whichever method', async () => {
    const one = await asked();
    const token = await linkTo(one);
    for (const method of ['GET', 'HEAD', 'GET']) expect((await look(token, method)).status).toBe(200);
    for (const method of ['PUT', 'DELETE', 'OPTIONS']) expect((await look(token, method)).status).toBe(405);
    expect((await request('GET', `/approve/${token}`, `token=${token}&decision=approve`, {})).status).toBe(200);
    expect(await statusOf(one)).toBe('open');
    expect((await send(token, 'approve')).status).toBe(200);
  });

  it('is not kept, not indexed, not framed, not passed on, and runs no script', async () => {
    const { headers, body } = await look(await linkTo(await asked()));
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex, nofollow',
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
    });
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'/);
    expect(headers['content-security-policy']).not.toContain('script-src');
    expect(headers['set-cookie']).toBeUndefined();
    expect(body).not.toContain('<script');
  });
});

describe('answering', () => {
  it('lets the run go on, and says by which link in the audit log', async () => {
    const one = await asked();
    const token = await linkTo(one);
    const page = await send(token, 'approve', {
      fields: { comment: ' Go\r\nahead ' },
      headers: { 'sec-fetch-site': 'same-origin' },
    });
    expect([page.status, page.body]).toEqual([200, expect.stringContaining('You approved')]);
    expect(await outputOf(one)).toEqual({ approved: true, comment: 'Go\nahead' });
    const { rows } = await sql('SELECT actor, action, details FROM audit_log WHERE target_id = $1 ORDER BY id', one.id);
    const linkId = rows[0].details.linkId;
    expect(rows).toMatchObject([
      { action: 'approval.linkMade', actor: expect.stringMatching(/^key:/) },
      { action: 'approval.approved', actor: `link:${linkId}`, details: { via: 'link', inPlaceOfAssignee: false } },
    ]);
    expect(JSON.stringify(rows)).not.toContain(token.slice(32));
  });

  it('reads the form, and gives back what was typed when something is wrong with it', async () => {
    const form = {
      type: 'object',
      required: ['amount', 'why'],
      properties: {
        amount: { type: 'number', minimum: 10, title: 'Amount' },
        why: { enum: ['gift', 'fault'] },
        urgent: { type: 'boolean' },
        'a/b': { type: 'string' },
      },
    };
    const one = await asked({ form });
    const token = await linkTo(one);
    const unread = await send(token, 'approve', { fields: { 'answer/amount': 'ten "<x>"', comment: 'c' } });
    expect(unread.status).toBe(422);
    expect(unread.body).toContain('A number is expected');
    expect(unread.body).toContain('value="ten &quot;&lt;x&gt;&quot;"');
    expect(unread.body).toContain('This is required.');
    const unfit = await send(token, 'approve', { fields: { 'answer/amount': '5', 'answer/why': '1' } });
    expect(unfit.status).toBe(422);
    expect(unfit.body).toMatch(/Amount<\/a>: Must be &gt;= 10/);
    expect(unfit.body).toContain('<option value="1" selected>fault</option>');
    expect(await statusOf(one)).toBe('open');
    const fields = { 'answer/amount': '12.5', 'answer/why': '1', 'answer/urgent': 'yes', 'answer/a~1b': 'x' };
    expect((await send(token, 'approve', { fields })).status).toBe(200);
    expect(await outputOf(one)).toEqual({ amount: 12.5, why: 'fault', urgent: true, 'a/b': 'x' });
  });

  it('of no needs no form', async () => {
    const one = await asked({ form: { type: 'object', required: ['x'], properties: { x: {} } } });
    expect((await send(await linkTo(one), 'reject', { fields: { 'answer/x': 'no JSON' } })).body).toContain(
      'You rejected',
    );
    expect(await statusOf(one)).toBe('rejected');
  });

  it.each<[string, string, Sent, number]>([
    ['from another page', 'approve', { headers: { 'sec-fetch-site': 'cross-site' } }, 403],
    ['from another page of the same site', 'approve', { headers: { 'sec-fetch-site': 'same-site' } }, 403],
    ['without the token in the body', 'approve', { token: null }, 403],
    ['with another token in the body', 'approve', { token: 'x' }, 403],
    ['as JSON', 'approve', { headers: { 'content-type': 'application/json' } }, 415],
    ['as a text form', 'approve', { headers: { 'content-type': 'text/plain' } }, 415],
    ['with no decision', 'perhaps', {}, 422],
    ['with a comment like a book', 'approve', { fields: { comment: 'x'.repeat(4001) } }, 422],
    ['with NUL in the comment', 'approve', { fields: { comment: 'a\u0000' } }, 422],
  ])('%s is refused and uses nothing up', async (_what, decision, sent, status) => {
    const one = await asked();
    const token = await linkTo(one);
    expect((await send(token, decision, sent)).status).toBe(status);
    expect(await statusOf(one)).toBe('open');
    expect((await send(token, 'approve')).status).toBe(200);
  });

  it('is done once, whoever sends at the same time', async () => {
    for (let round = 0; round < 4; round += 1) {
      const one = await asked();
      const [a, b] = [await linkTo(one), await linkTo(one)];
      const pages = await Promise.all([send(a, 'approve'), send(a, 'approve'), send(b, 'approve'), send(b, 'approve')]);
      expect(pages.map(({ status }) => status).toSorted()).toEqual([200, 410, 410, 410]);
      const { rows } = await sql('SELECT used_at FROM approval_links WHERE approval_id = $1', one.id);
      expect(rows.filter(({ used_at }) => used_at !== null)).toHaveLength(1);
      await outputOf(one);
    }
  });
});

describe('a link that is not good any more', () => {
  const spent = async (token: string): Promise<string> => {
    const pages = [await look(token), await send(token, 'approve')];
    expect(pages.map(({ status }) => status)).toEqual([410, 410]);
    return String(pages[0]?.body);
  };

  it('says the same whatever the reason, and nothing about the approval', async () => {
    const said = new Set<string>();
    const used = await asked();
    const usedToken = await linkTo(used);
    await send(usedToken, 'approve');
    said.add(await spent(usedToken));

    const elsewhere = await asked();
    const elsewhereToken = await linkTo(elsewhere);
    await api.call(`POST /approvals/${elsewhere.id}/answer`, { body: { decision: 'approve' } });
    said.add(await spent(elsewhereToken));

    const revoked = await asked();
    const revokedToken = await linkTo(revoked);
    expect((await api.call(`DELETE /approvals/${revoked.id}/links`)).status).toBe(204);
    said.add(await spent(revokedToken));
    expect(await statusOf(revoked)).toBe('open');

    const old = await asked();
    const oldToken = await linkTo(old);
    await sql("UPDATE approval_links SET expires_at = now() - interval '1 ms' WHERE approval_id = $1", old.id);
    said.add(await spent(oldToken));

    const late = await asked({ waitMs: 3_600_000 });
    const lateToken = await linkTo(late);
    await sql("UPDATE approvals SET due_at = now() - interval '1 ms' WHERE id = $1", late.id);
    said.add(await spent(lateToken));

    const over = await asked();
    const overToken = await linkTo(over);
    await api.call(`POST /runs/${over.runId}/terminate`);
    await waitFor('the question to be withdrawn', async () =>
      (await statusOf(over)) === 'withdrawn' ? true : undefined,
    );
    said.add(await spent(overToken));

    expect(said.size).toBe(1);
    for (const page of said) expect(page).not.toContain('Question');
  });

  it('was never good: forged in any part, cut, or of another approval', async () => {
    const [one, other] = [await asked(), await asked()];
    const [token, otherToken] = [await linkTo(one), await linkTo(other)];
    const flipped = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`;
    const forged = [
      flipped,
      token.slice(0, -1),
      `${token}A`,
      `${otherToken.slice(0, 32)}${token.slice(32)}`,
      `${'0'.repeat(32)}${token.slice(32)}`,
      token.toUpperCase(),
    ];
    for (const [at, bad] of forged.entries()) {
      address = `10.1.${tests}.${at}`;
      expect((await look(bad)).status, bad).toBe(404);
      expect((await send(bad, 'approve')).status, bad).toBe(404);
    }
    for (const path of ['/approve', '/approve/', `/approve/${token}/x`, '/approve/%00', '/approve/..%2f']) {
      address = `10.2.${tests}.${path.length}`;
      expect((await request('GET', path, '', {})).status, path).toBe(404);
    }
    expect([await statusOf(one), await statusOf(other)]).toEqual(['open', 'open']);
  });
});

describe('making links', () => {
  it('ends with the approval, or when asked to, or after a week', async () => {
    const msUntil = (answer: { body: { expiresAt: string } }) => Date.parse(answer.body.expiresAt) - Date.now();
    const due = await asked({ waitMs: 3_600_000 });
    const open = await asked();
    const make = (one: Asked, body: JsonObject = {}) =>
      api.call<{ url: string; expiresAt: string }>(`POST /approvals/${one.id}/links`, { body });
    expect(msUntil(await make(due))).toBeLessThanOrEqual(3_600_000);
    expect(Math.round(msUntil(await make(open)) / 86_400_000)).toBe(7);
    expect(Math.round(msUntil(await make(open, { expiresInMs: 120_000 })) / 1000)).toBeLessThanOrEqual(120);
    for (const expiresInMs of [0, 1e12, 'soon', null]) {
      await api.refused('request.invalid', `POST /approvals/${open.id}/links`, { body: { expiresInMs } });
    }
  });

  it('is told once: the answer is not kept for a repetition, and only a hash is stored', async () => {
    const one = await asked();
    const headers = { 'content-type': 'application/json', 'idempotency-key': `links-${tests}` };
    const make = () => api.call<{ url: string }>(`POST /approvals/${one.id}/links`, { body: {}, headers });
    const [first, second] = [await make(), await make()];
    expect(second.body.url).not.toBe(first.body.url);
    const token = first.body.url.split('/approve/')[1] ?? '';
    for (const table of ['approval_links', 'approvals', 'audit_log', 'idempotency_keys', 'run_inbox']) {
      const { rows } = await sql(
        `SELECT count(*)::int AS n FROM ${table} t WHERE t::text LIKE $1`,
        `%${token.slice(32)}%`,
      );
      expect(rows[0].n, table).toBe(0);
    }
  });

  it('is refused without its scope, for what is answered, and without end', async () => {
    const one = await asked();
    const admin = await api.container.services.apiKeys.authenticate(api.main.key);
    if (admin === null) throw new Error('the test key must work');
    const { key } = await api.container.services.apiKeys.create(admin, {
      name: 'answers',
      scopes: ['approvals:read', 'approvals:write'],
    });
    await api.refused('auth.forbidden', `POST /approvals/${one.id}/links`, { key });
    for (let made = 0; made < 20; made += 1) await linkTo(one);
    await api.refused('approval.tooManyLinks', `POST /approvals/${one.id}/links`);
    await api.call(`DELETE /approvals/${one.id}/links`);
    const token = await linkTo(one);
    await send(token, 'approve');
    await api.refused('approval.answered', `POST /approvals/${one.id}/links`);
  });
});

describe('somebody who tries links', () => {
  it('is told to wait, and others are not', async () => {
    const token = await linkTo(await asked());
    const statuses: number[] = [];
    for (let tried = 0; tried < 15; tried += 1) {
      statuses.push((await look(`${'ab'.repeat(16)}${'x'.repeat(42)}${tried % 10}`)).status);
    }
    expect(statuses.slice(0, 9).every((status) => status === 404)).toBe(true);
    expect(statuses.at(-1)).toBe(429);
    const refused = await look(token);
    expect([refused.status, Number(refused.headers['retry-after']) > 0]).toEqual([429, true]);
    address = '10.9.9.9';
    expect((await look(token)).status).toBe(200);
  });
});
