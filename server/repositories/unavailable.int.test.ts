import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { PrismaClient } from '@/server/generated/prisma/client';
import { translateDatabaseError } from '@/server/repositories/unavailable';
import { testDatabase } from '@/server/testing/servers';

const failureOf = async (work: () => Promise<unknown>): Promise<unknown> => {
  try {
    await work();
  } catch (error) {
    return translateDatabaseError(error);
  }
  throw new Error('it should have failed');
};
const unavailable = { code: 'database.unavailable', status: 503 };

describe('a database that cannot be reached', () => {
  it('is told as such, whether the driver or Prisma noticed', async () => {
    const pool = new pg.Pool({ connectionString: 'postgresql://nobody@127.0.0.1:1/none' });
    expect(await failureOf(() => pool.query('SELECT 1'))).toMatchObject(unavailable);
    const prisma = new PrismaClient({ adapter: new PrismaPg(pool) });
    expect(await failureOf(() => prisma.flow.count())).toMatchObject(unavailable);
    expect(await failureOf(() => prisma.$transaction((tx) => tx.flow.count()))).toMatchObject(unavailable);
    await prisma.$disconnect();
    await pool.end();
  });

  it('is told apart from one that went away in the middle, and from a wrong statement', async () => {
    const database = await testDatabase();
    const client = new pg.Client({ connectionString: database.url });
    client.on('error', () => {});
    await client.connect();
    const wrong = await failureOf(() => client.query('SELECT nonsense'));
    expect(wrong).toMatchObject({ code: '42703' });
    const sleeping = failureOf(() => client.query('SELECT pg_sleep(60)'));
    await database.drop();
    expect(await sleeping).toMatchObject(unavailable);
  });
});
