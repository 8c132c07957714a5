/**
 * Planted bug: positions are drawn before the commit, as a sequence would draw them, and the head is simply the highest one
 * that committed. A reader up to that head passes over events that commit late. Lives in the database, because that is
 * where positions are made.
 */
import type { Pool } from 'pg';
import { swap } from './statements';

const lock = 'SELECT head INTO safe_head FROM stream_heads WHERE workspace_id = p_workspace FOR UPDATE;';

/** The pause of events that runs publish is no bug; it only makes the moment long enough for others to overtake them. */
const draw = `
  INSERT INTO stream_heads (workspace_id) VALUES (p_workspace) ON CONFLICT DO NOTHING;
  PERFORM pg_advisory_lock(4711);
  SELECT setval('naive_positions', last_value + cardinality(p_ids)) - cardinality(p_ids) INTO safe_head FROM naive_positions;
  PERFORM pg_advisory_unlock(4711);
  PERFORM pg_sleep(CASE WHEN num_nonnulls(VARIADIC p_caused_by) > 0 THEN 0.4 ELSE 0 END);
  PERFORM 1;`;

export async function plantNaivePositions(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ definition: string }>(
    `SELECT pg_get_functiondef('append_events'::regproc) AS definition`,
  );
  const definition = rows[0]?.definition ?? '';
  const naive = swap(definition, lock, draw).replaceAll(
    /SET head = (.*) WHERE/g,
    'SET head = greatest(head, $1) WHERE',
  );
  await pool.query('CREATE SEQUENCE naive_positions MINVALUE 0 START 0');
  await pool.query(naive);
}
