/**
 * Planted bugs of lanes. They live in the database, because that is where a turn is given and taken. The pause of the second
 * is no bug; it only makes the moment long enough for another process to look at the same time.
 */
import type { Pool } from 'pg';
import { swap } from './statements';

async function rewriteFunction(pool: Pool, name: string, rewrite: (definition: string) => string): Promise<void> {
  const { rows } = await pool.query<{ definition: string }>('SELECT pg_get_functiondef($1::regproc) AS definition', [
    name,
  ]);
  await pool.query(rewrite(rows[0]?.definition ?? ''));
}

/** Whoever ends gives its turn to nobody; those who come later find the lane free, and the last ones wait for ever. */
export const plantForgottenLane = (pool: Pool): Promise<void> =>
  rewriteFunction(pool, 'release_lanes', (definition) =>
    swap(
      definition,
      'RETURN QUERY SELECT g.workspace_id, g.run_id FROM grant_lanes(workspaces, flows, keys) g;',
      'RETURN;',
    ),
  );

export async function plantUnlockedLanes(pool: Pool): Promise<void> {
  await rewriteFunction(pool, 'lock_lanes', (definition) => swap(definition, 'BEGIN', 'BEGIN\n  RETURN;'));
  await rewriteFunction(pool, 'grant_lanes', (definition) =>
    swap(definition, 'u.has_slot;', 'u.has_slot;\n        PERFORM pg_sleep(0.25);'),
  );
}
