/**
 * Idempotency keys on Postgres. Beginning is one upsert, so of two requests at the same instant one begins and the other
 * sees it. Refuses answers of a request that was taken over meanwhile: its token no longer fits.
 */
import type { Pool } from 'pg';
import type { Beginning, IdempotencyStore, IdempotentRequest } from '@/server/services/idempotency/idempotency';

/*
 * The row is taken when there is none, when it has expired, or when its first request died without an answer.
 * `created_at` is the token: a later taker has a later one.
 */
const beginText = `
INSERT INTO idempotency_keys AS k (workspace_id, actor, operation, key, body_hash, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, clock_timestamp(), clock_timestamp() + make_interval(secs => $6 / 1000.0))
ON CONFLICT (workspace_id, actor, operation, key) DO UPDATE
  SET body_hash = excluded.body_hash, status = NULL, body = NULL, created_at = excluded.created_at,
    expires_at = excluded.expires_at
  WHERE k.expires_at <= now()
    OR (k.status IS NULL AND k.body_hash = excluded.body_hash
      AND k.created_at < now() - make_interval(secs => $7 / 1000.0))
RETURNING created_at::text AS token`;

const readText = `SELECT status, body, body_hash = $5 AS is_same FROM idempotency_keys
  WHERE workspace_id = $1 AND actor = $2 AND operation = $3 AND key = $4`;

const ownedText = 'workspace_id = $1 AND actor = $2 AND operation = $3 AND key = $4 AND created_at = $5::timestamptz';

const keyOf = (request: IdempotentRequest): unknown[] => [
  request.workspaceId,
  request.actor,
  request.operation,
  request.key,
];

export function createIdempotencyStore(pool: Pool): IdempotencyStore {
  const begin: IdempotencyStore['begin'] = async (request, keepMs, abandonedAfterMs): Promise<Beginning> => {
    const key = [...keyOf(request), Buffer.from(request.bodyHash)];
    const begun = await pool.query<{ token: string }>(beginText, [...key, keepMs, abandonedAfterMs]);
    const token = begun.rows[0]?.token;
    if (token !== undefined) return { type: 'begun', token };
    const { rows } = await pool.query<{ status: number | null; body: string | null; is_same: boolean }>(readText, key);
    const [row] = rows;
    // Abandoned between the two statements: the caller may as well have come a moment earlier.
    if (row === undefined) return { type: 'inProgress' };
    if (!row.is_same) return { type: 'mismatch' };
    return row.status === null
      ? { type: 'inProgress' }
      : { type: 'stored', answer: { status: row.status, body: row.body } };
  };

  return {
    begin,
    async finish(request, token, { status, body }) {
      await pool.query(`UPDATE idempotency_keys SET status = $6, body = $7 WHERE ${ownedText}`, [
        ...keyOf(request),
        token,
        status,
        body,
      ]);
    },
    async abandon(request, token) {
      await pool.query(`DELETE FROM idempotency_keys WHERE ${ownedText} AND status IS NULL`, [
        ...keyOf(request),
        token,
      ]);
    },
  };
}
