/**
 * What must hold before anything is started, each with one sentence that says what to do when it does not: the port
 * is free, the Redis of REDIS_URL answers and is fit for the purpose.
 */
import { createServer } from 'node:net';
import { Redis } from 'ioredis';
import { HeadraceError } from '@/core/errors';

/** @throws HeadraceError `config.invalid` when nothing can listen there */
export async function checkPort(host: string, port: number): Promise<void> {
  const probe = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      probe.once('error', reject);
      probe.listen({ host, port, exclusive: true }, resolve);
    });
  } catch (error) {
    throw new HeadraceError('config.invalid', portMessage(host, port, (error as NodeJS.ErrnoException).code), {
      cause: error,
    });
  }
  await new Promise<void>((resolve) => probe.close(() => resolve()));
}

function portMessage(host: string, port: number, code: string | undefined): string {
  const another = port === 3000 ? 3001 : 3000;
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is taken by another program. Stop that program, or choose another port: PORT=${another} npm start`;
    case 'EACCES':
      return `Port ${port} may not be used by this user. Choose one above 1023: PORT=${another} npm start`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `HOST=${host} is not an address of this machine. Use 127.0.0.1 for this machine only, or 0.0.0.0 for every interface.`;
    default:
      return `Nothing can listen on port ${port} of ${host} (${code ?? 'unknown reason'}). Choose other values for HOST and PORT.`;
  }
}

/**
 * Connects to the Redis of REDIS_URL once.
 * @returns sentences about settings that endanger what the product promises; empty when all is well
 * @throws HeadraceError `redis.unavailable` when it does not answer
 */
export async function checkRedis(url: string): Promise<readonly string[]> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: 5000,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  let reason: Error | undefined;
  redis.on('error', (error) => {
    reason = error;
  });
  try {
    await redis.connect();
    await redis.ping();
    const policy = /maxmemory_policy:(\S+)/.exec(await redis.info('memory'))?.[1];
    const persistence = /aof_enabled:(\d)/.exec(await redis.info('persistence'))?.[1];
    return [
      ...(policy !== undefined && policy !== 'noeviction'
        ? [`Redis evicts keys when memory is short (maxmemory-policy ${policy}); set it to noeviction.`]
        : []),
      ...(persistence === '0' ? ['Redis keeps no append-only file; set "appendonly yes" for quick recovery.'] : []),
    ];
  } catch (error) {
    const message = (reason ?? (error as Error)).message;
    throw new HeadraceError(
      'redis.unavailable',
      `The Redis of REDIS_URL cannot be reached: ${message}. Check the address, or unset REDIS_URL to use a local one.`,
      { cause: error },
    );
  } finally {
    redis.disconnect();
  }
}
