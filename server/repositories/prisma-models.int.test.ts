import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Container, createContainer } from '@/server/create-container';
import { parseEnv } from '@/server/env';
import { Prisma } from '@/server/generated/prisma/client';
import { testEncryptionKey, testServers } from '@/server/testing/test-platform';

let web: Container;

beforeAll(async () => {
  const { databaseUrl, redisUrl } = await testServers();
  web = await createContainer(
    parseEnv({
      NODE_ENV: 'test',
      LOG_LEVEL: 'silent',
      DATABASE_URL: databaseUrl,
      REDIS_URL: redisUrl,
      HEADRACE_ENCRYPTION_KEY: testEncryptionKey,
    }),
  );
});
afterAll(() => web.close());

it('every model of the Prisma schema reads the table that the SQL made', async () => {
  const models = Object.values(Prisma.ModelName);
  expect(models.length).toBeGreaterThan(10);
  for (const model of models) {
    const name = `${model.charAt(0).toLowerCase()}${model.slice(1)}` as 'flow';
    // Selects every column by name, so a column that SQL lacks fails here.
    expect(await web.prisma[name].findMany({ take: 1 }), model).toEqual([]);
  }
});

it('every table but those of processes and people belongs to a workspace and refers to it', async () => {
  const { rows } = await web.pool.query<{ table: string; has_workspace: boolean; refers: boolean }>(`
    SELECT c.relname AS table,
      EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'workspace_id') AS has_workspace,
      EXISTS (SELECT 1 FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (k.conkey)
        WHERE k.conrelid = c.oid AND k.contype = 'f' AND a.attname = 'workspace_id') AS refers
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    ORDER BY 1`);
  const without = (key: 'has_workspace' | 'refers') => rows.filter((row) => !row[key]).map((row) => row.table);
  const global = ['_prisma_migrations', 'accounts', 'sessions', 'users', 'verifications', 'workers', 'workspaces'];
  expect(without('has_workspace')).toEqual(global);
  // Written only under the lock of the row they would refer to, or, stops of children, by a writer that must not lock the row
  // of another run; see docs/decisions/engine.md and children.md.
  expect(without('refers')).toEqual([...global, 'child_stops', 'event_keys', 'events', 'journal'].toSorted());
});
