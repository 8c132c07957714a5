import { describe, expect, it } from 'vitest';
import { HeadraceError } from '@/core/errors';
import { createLogger, type Logger } from './logger';

const logged = (write: (log: Logger) => void, logLevel: 'info' | 'debug' = 'info'): Record<string, unknown>[] => {
  const lines: string[] = [];
  write(createLogger({ logLevel }, 'worker', { write: (line: string) => void lines.push(line) }));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
};

describe('the logger', () => {
  it('writes one JSON object per line with time, level as a word, role and message', () => {
    const [line] = logged((log) => log.info({ runId: 'r1' }, 'run started'));
    expect(line).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      role: 'worker',
      pid: process.pid,
      runId: 'r1',
      message: 'run started',
    });
  });

  it('is silent below its level', () => {
    expect(logged((log) => log.debug({}, 'detail'))).toEqual([]);
    expect(logged((log) => log.debug({}, 'detail'), 'debug')).toHaveLength(1);
  });

  it('replaces credentials by the name of their field at every depth', () => {
    const [line] = logged((log) =>
      log.info(
        {
          headers: [{ Authorization: 'Bearer abc', 'set-cookie': 'a=abc', 'x-api-key': 'abc', accept: 'text/html' }],
          user: { email: 'a@example.com', newPassword: 'abc', deep: { clientSecret: 'abc', setupToken: 'abc' } },
          encryptionKey: Buffer.from('abc'),
          key: 'abc',
          idempotencyKey: 'visible',
        },
        'request',
      ),
    );
    expect(JSON.stringify(line)).not.toContain('abc');
    expect(line).toMatchObject({
      headers: [{ Authorization: '[redacted]', accept: 'text/html' }],
      user: { email: 'a@example.com', deep: { clientSecret: '[redacted]' } },
      idempotencyKey: 'visible',
    });
  });

  it('replaces credentials in the bindings of a child', () => {
    const [line] = logged((log) => log.child({ request: { token: 'abc' } }).info('x'));
    expect(line).toMatchObject({ request: { token: '[redacted]' } });
  });

  it('writes errors with code, facts and causes, without the passwords that drivers quote', () => {
    const cause = Object.assign(new Error('connect to postgresql://me:abc@db/x failed'), { password: 'abc' });
    const error = new HeadraceError('database.unavailable', 'no database', { cause, details: { attempt: 2 } });
    const [line] = logged((log) => log.error({ error }, 'failed'));
    expect(JSON.stringify(line)).not.toContain('abc');
    expect(line?.error).toMatchObject({
      type: 'HeadraceError',
      code: 'database.unavailable',
      details: { attempt: 2 },
      stack: expect.stringContaining('logger.test.ts'),
      cause: { type: 'Error', message: 'connect to postgresql://me:[redacted]@db/x failed', password: '[redacted]' },
    });
  });

  it('survives values that are not plain', () => {
    const loop: Record<string, unknown> = {};
    loop.self = loop;
    const [line] = logged((log) => log.info({ loop, at: new Date(0), none: null, list: [undefined, 1] }, 'odd'));
    expect(line).toMatchObject({ at: '1970-01-01T00:00:00.000Z', none: null, list: [null, 1] });
  });
});
