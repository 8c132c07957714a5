/**
 * Where values live that are too large for a row: content-addressed bytes, compressed, one copy per workspace. Refuses
 * to parse them; callers know what they stored.
 */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Pool, PoolClient } from 'pg';
import { limits } from '@/core/limits';

const deflate = promisify(gzip);
const inflate = promisify(gunzip);

export interface PayloadStore {
  /** Stores bytes and returns their SHA-256. Idempotent: content is stored once. */
  put(workspaceId: string, bytes: Uint8Array, client?: Pool | PoolClient): Promise<Buffer>;
  /** @returns the content of each hash (hex) that exists */
  getMany(workspaceId: string, hashes: readonly string[]): Promise<ReadonlyMap<string, Buffer>>;
}

/** Whether a serialised value stays inline in its row. */
export const isInline = (json: string): boolean =>
  json.length <= limits.inlineValueBytes / 4 || Buffer.byteLength(json) <= limits.inlineValueBytes;

export function createPayloadStore(pool: Pool): PayloadStore {
  return {
    async put(workspaceId, bytes, client = pool) {
      const hash = createHash('sha256').update(bytes).digest();
      const packed = await deflate(bytes, { level: 1 });
      const isSmaller = packed.byteLength < bytes.byteLength;
      await client.query({
        name: 'payload-put',
        text: `INSERT INTO payloads (workspace_id, hash, encoding, bytes, size_bytes)
               VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
        values: [workspaceId, hash, isSmaller ? 'gzip' : 'identity', isSmaller ? packed : bytes, bytes.byteLength],
      });
      return hash;
    },
    async getMany(workspaceId, hashes) {
      if (hashes.length === 0) return new Map();
      const { rows } = await pool.query<{ hash: string; encoding: string; bytes: Buffer }>({
        name: 'payload-get',
        text: `SELECT encode(hash, 'hex') AS hash, encoding, bytes FROM payloads
               WHERE workspace_id = $1 AND hash = ANY (SELECT decode(h, 'hex') FROM unnest($2::text[]) AS h)`,
        values: [workspaceId, [...new Set(hashes)]],
      });
      const contents = await Promise.all(
        rows.map(
          async (row): Promise<[string, Buffer]> => [
            row.hash,
            row.encoding === 'gzip' ? await inflate(row.bytes) : row.bytes,
          ],
        ),
      );
      return new Map(contents);
    },
  };
}
