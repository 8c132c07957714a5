import { createServer } from 'node:net';
import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { freePort } from '@/server/embedded/process-control';
import { testRedis } from '@/server/testing/servers';
import { checkPort, checkRedis } from './checks';

describe('the port check', () => {
  it('accepts a free port and leaves it free', async () => {
    const port = await freePort();
    await checkPort('127.0.0.1', port);
    await checkPort('127.0.0.1', port);
  });

  it('names a taken port and another one to use', async () => {
    const other = createServer();
    const port = await freePort();
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
    await expect(checkPort('127.0.0.1', port)).rejects.toThrow(
      `Port ${port} on 127.0.0.1 is taken by another program. Stop that program, or choose another port: PORT=3000 npm start`,
    );
    await new Promise((resolve) => other.close(resolve));
  });

  it('names an address that this machine does not have', async () => {
    await expect(checkPort('192.0.2.1', await freePort())).rejects.toThrow(
      'HOST=192.0.2.1 is not an address of this machine.',
    );
  });
});

describe('the check of a Redis of your own', () => {
  it('is content with a durable one', async () => {
    expect(await checkRedis((await testRedis()).url)).toEqual([]);
  });

  it('warns of one that forgets', async () => {
    const { url } = await testRedis();
    const redis = new Redis(url);
    await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
    try {
      expect(await checkRedis(url)).toEqual([expect.stringContaining('maxmemory-policy allkeys-lru')]);
    } finally {
      await redis.config('SET', 'maxmemory-policy', 'noeviction');
      redis.disconnect();
    }
  });

  it('says in one message that it cannot be reached', async () => {
    await expect(checkRedis(`redis://127.0.0.1:${await freePort()}`)).rejects.toThrow(
      /^The Redis of REDIS_URL cannot be reached: .*ECONNREFUSED.*\. Check the address, or unset REDIS_URL/,
    );
  });
});
