import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPools, type Pools } from '@/server/database/pools';
import { createIdempotencyStore } from '@/server/repositories/idempotency-store';
import { answerOnce, type IdempotentRequest } from '@/server/services/idempotency/idempotency';
import { makeWorkspace } from '@/server/testing/engine-fixtures';
import { testDatabase } from '@/server/testing/servers';
import { silentLog } from '@/server/testing/silent-log';

let pools: Pools;
let workspaceId: string;
beforeAll(async () => {
  pools = createPools((await testDatabase()).url, 'test', silentLog);
  workspaceId = await makeWorkspace(pools.pool);
});
afterAll(() => pools.close());

describe('a request that never ended', () => {
  const requestOf = (key: string): IdempotentRequest => ({
    workspaceId: workspaceId,
    actor: 'key:1',
    operation: 'POST /x',
    key,
    bodyHash: new Uint8Array(32),
  });
  const age = (key: string, by: string) =>
    pools.pool.query(
      `UPDATE idempotency_keys SET created_at = created_at - $2::interval, expires_at = expires_at - $2::interval
       WHERE key = $1`,
      [key, by],
    );
  const done = async () => ({ status: 200, body: '"done"' });

  it('holds its key until it is certainly dead, and cannot answer after it was taken over', async () => {
    const store = createIdempotencyStore(pools.pool);
    const request = requestOf('dead');
    const first = await store.begin(request, 86_400_000, 90_000);
    await expect(answerOnce(store, request, done)).rejects.toMatchObject({ code: 'idempotency.inProgress' });
    await age('dead', '2 minutes');
    expect(await answerOnce(store, request, done)).toEqual({ status: 200, body: '"done"' });
    if (first.type !== 'begun') throw new Error('the first request must have begun');
    await store.finish(request, first.token, { status: 500, body: null });
    expect(await answerOnce(store, request, done)).toMatchObject({ status: 200, isReplay: true });
  });

  it('is forgotten when its answer is a fault of ours', async () => {
    const store = createIdempotencyStore(pools.pool);
    const fail = () => Promise.reject(new Error('lost'));
    await expect(answerOnce(store, requestOf('fault'), fail)).rejects.toThrow('lost');
    expect(await answerOnce(store, requestOf('fault'), done)).toEqual({ status: 200, body: '"done"' });
  });

  it('gives its key free after a day, for another body too', async () => {
    const store = createIdempotencyStore(pools.pool);
    await answerOnce(store, requestOf('old'), done);
    await age('old', '25 hours');
    const other = { ...requestOf('old'), bodyHash: new Uint8Array(32).fill(1) };
    expect(await answerOnce(store, other, done)).toEqual({ status: 200, body: '"done"' });
  });
});
