/** One piece of work on one connection, committed whole or not at all. Refuses to repeat it: whether that is right, the caller knows. */
import type { Pool, PoolClient } from 'pg';

/** @throws what `work` throws, after the rollback */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    client.release();
    return result;
  } catch (error) {
    // A connection in doubt is not given back to the pool.
    await client.query('ROLLBACK').then(
      () => client.release(),
      () => client.release(true),
    );
    throw error;
  }
}
