import { describe, expect, it } from 'vitest';
import { HeadraceError } from '@/core/errors';
import { type EnvSource, parseEnv, parseStartEnv } from '@/server/env';

const key = Buffer.alloc(32, 7);
const servers = {
  DATABASE_URL: 'postgresql://me:pw@db:5432/headrace',
  REDIS_URL: 'redis://redis:6379',
  HEADRACE_ENCRYPTION_KEY: key.toString('base64'),
} satisfies EnvSource;

const refusal = (parse: () => unknown): HeadraceError => {
  try {
    parse();
  } catch (error) {
    if (error instanceof HeadraceError) return error;
    throw error;
  }
  throw new Error('the configuration was accepted');
};

describe('the configuration of a service', () => {
  it('has defaults for everything but the servers and the key', () => {
    const env = parseEnv(servers);
    expect(env).toMatchObject({
      nodeEnv: 'production',
      logLevel: 'info',
      host: '127.0.0.1',
      port: 3000,
      publicUrl: 'http://127.0.0.1:3000',
      isLoopback: true,
      workers: 1,
      trustProxy: [],
      allowedPrivateHosts: [],
      owner: undefined,
      warnings: [],
    });
    expect(env.encryptionKey.equals(key)).toBe(true);
    expect(env.dataDir.endsWith('/.headrace')).toBe(true);
  });

  it('lists every fault at once, each with its variable and an example', () => {
    const error = refusal(() =>
      parseEnv({
        PORT: '70000',
        HOST: 'not a host',
        LOG_LEVEL: 'loud',
        REDIS_URL: 'http://redis',
        HEADRACE_OWNER_EMAIL: 'a@example.com',
        HEADRACE_ALLOWED_PRIVATE_HOSTS: 'ok.internal,10.0.0.0/99,x:0',
      }),
    );
    expect(error.code).toBe('config.invalid');
    expect(error.faults.map((fault) => fault.pointer).sort()).toEqual(
      [
        '/DATABASE_URL',
        '/HEADRACE_ALLOWED_PRIVATE_HOSTS',
        '/HEADRACE_ALLOWED_PRIVATE_HOSTS',
        '/HEADRACE_ENCRYPTION_KEY',
        '/HEADRACE_OWNER_PASSWORD',
        '/HOST',
        '/LOG_LEVEL',
        '/PORT',
        '/REDIS_URL',
      ].sort(),
    );
    expect(error.message).toContain('The configuration has 9 faults:');
    expect(error.message).toContain('PORT must be a whole number from 1 to 65535. Example: PORT=3000');
    expect(error.message).toContain('LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent.');
  });

  it('never repeats a secret value in its complaint', () => {
    const secrets = {
      HEADRACE_ENCRYPTION_KEY: 'c2hvcnQ=',
      HEADRACE_OWNER_PASSWORD: 'hunter2',
      HEADRACE_API_KEY: 'a b',
    };
    const { message } = refusal(() => parseEnv({ ...servers, ...secrets }));
    for (const value of Object.values(secrets)) expect(message).not.toContain(value);
  });

  it('counts an empty value as not set', () => {
    expect(parseEnv({ ...servers, PORT: '', HEADRACE_API_KEY: ' ' })).toMatchObject({ port: 3000, apiKey: undefined });
  });

  it.each([
    ['0.0.0.0', 'http://localhost:3000', false],
    ['::', 'http://localhost:3000', false],
    ['::1', 'http://[::1]:3000', true],
    ['127.0.0.2', 'http://127.0.0.2:3000', true],
    ['localhost', 'http://localhost:3000', true],
    ['flows.example.com', 'http://flows.example.com:3000', false],
  ])('derives the public address and reach of a listener on %s', (host, publicUrl, isLoopback) => {
    expect(parseEnv({ ...servers, HOST: host })).toMatchObject({ publicUrl, isLoopback });
  });

  it('takes a public origin and refuses one with a path, a query or credentials', () => {
    const publicUrl = (value: string) => parseEnv({ ...servers, HEADRACE_PUBLIC_URL: value }).publicUrl;
    expect(publicUrl('https://h.example.com/')).toBe('https://h.example.com');
    for (const bad of ['https://h.example.com/app', 'https://u:p@h.example.com', 'ftp://h', 'https://h/?a=1']) {
      expect(refusal(() => publicUrl(bad)).message).toContain('HEADRACE_PUBLIC_URL must be');
    }
  });

  it('reads private hosts as host, host with port, IPv6 and range', () => {
    const { allowedPrivateHosts } = parseEnv({
      ...servers,
      HEADRACE_ALLOWED_PRIVATE_HOSTS: 'ERP.internal, localhost:8080, [::1]:9, fd00::1, 10.0.0.0/8, fd00::/8',
    });
    expect(allowedPrivateHosts).toEqual([
      { kind: 'host', host: 'erp.internal', port: undefined },
      { kind: 'host', host: 'localhost', port: 8080 },
      { kind: 'host', host: '::1', port: 9 },
      { kind: 'host', host: 'fd00::1', port: undefined },
      { kind: 'range', range: { family: 'ipv4', address: '10.0.0.0', prefixLength: 8 } },
      { kind: 'range', range: { family: 'ipv6', address: 'fd00::', prefixLength: 8 } },
    ]);
  });

  it('reads trusted proxies and the word loopback', () => {
    expect(parseEnv({ ...servers, HEADRACE_TRUST_PROXY: 'loopback,10.0.0.7' }).trustProxy).toEqual([
      { family: 'ipv4', address: '127.0.0.0', prefixLength: 8 },
      { family: 'ipv6', address: '::1', prefixLength: 128 },
      { family: 'ipv4', address: '10.0.0.7', prefixLength: 32 },
    ]);
  });

  it('warns of a misspelt variable instead of ignoring it in silence', () => {
    expect(parseEnv({ ...servers, HEADRACE_WORKER: '4' }).warnings).toEqual([
      'HEADRACE_WORKER is not a variable of Headrace and was ignored.',
    ]);
  });
});

describe('the configuration of npm start', () => {
  it('may be empty, because start brings its own servers and key', () => {
    expect(parseStartEnv({})).toMatchObject({ databaseUrl: undefined, redisUrl: undefined, encryptionKey: undefined });
  });

  it('demands a key with an external database, whose secrets outlive this machine', () => {
    const { message } = refusal(() => parseStartEnv({ DATABASE_URL: servers.DATABASE_URL }));
    expect(message).toContain('HEADRACE_ENCRYPTION_KEY is required together with DATABASE_URL');
  });
});
