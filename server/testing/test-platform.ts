/** A platform on the test servers, as a process would have it. Refuses to share a database or a Redis with other files. */

import { parseEnv } from '@/server/env';
import { createPlatform, type Platform } from '@/server/platform';
import { testDatabase, testRedis } from '@/server/testing/servers';

export interface TestServers {
  readonly databaseUrl: string;
  readonly redisUrl: string;
}

export async function testServers(): Promise<TestServers> {
  const [database, redis] = await Promise.all([testDatabase(), testRedis()]);
  return { databaseUrl: database.url, redisUrl: redis.url };
}

/** Thirty-two zero bytes: fine for tests and nothing else. */
export const testEncryptionKey = Buffer.alloc(32).toString('base64');

/** @param overrides further variables, such as HEADRACE_ALLOWED_PRIVATE_HOSTS */
export const createTestPlatform = (
  servers: TestServers,
  role: string,
  overrides: Readonly<Record<string, string>> = {},
): Promise<Platform> =>
  createPlatform(
    parseEnv({
      NODE_ENV: 'test',
      LOG_LEVEL: 'silent',
      DATABASE_URL: servers.databaseUrl,
      REDIS_URL: servers.redisUrl,
      HEADRACE_ENCRYPTION_KEY: testEncryptionKey,
      ...overrides,
    }),
    role,
  );
