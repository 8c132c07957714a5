import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPools, type Pools } from '@/server/database/pools';
import { testDatabase } from '@/server/testing/servers';
import { silentLog } from '@/server/testing/silent-log';

let pools: Pools;
beforeAll(async () => {
  pools = createPools((await testDatabase()).url, 'pools-test', silentLog);
});
afterAll(() => pools.close());

// An error that nobody listens to would end this process, and the test runner reports it.
it('a connection cut while a transaction holds it and asks nothing costs that transaction alone', async () => {
  const client = await pools.pool.connect();
  await client.query('BEGIN');
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const isCut = new Promise((resolve) => client.once('end', resolve));
  await pools.pool.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
  await isCut;
  await expect(client.query('COMMIT')).rejects.toThrow();
  client.release(true);
  expect((await pools.pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
});
