/**
 * Signature values published by the senders themselves: GitHub ("Validating webhook deliveries" and the tests of
 * octokit/webhooks-methods.js), Slack ("Verifying requests from Slack"), Standard Webhooks (its JavaScript library).
 */
import { describe, expect, test } from 'vitest';
import { HeadraceError } from '@/core/errors';
import type { WebhookVerification } from '@/core/steps/trigger-webhook/config';
import { computeSignature, type Verification, verifyRequest } from '@/server/ingress/verify-request';

const nowMs = 1_531_420_618_000;
const secrets = (values: Record<string, string>, atMs = nowMs): Verification => ({
  readSecret: async (name) => values[name],
  nowMs: atMs,
});
const request = (body: string, headers: Record<string, string>) => ({ body: Buffer.from(body), headers });
type HmacConfig = Extract<WebhookVerification, { hmac: unknown }>;
const hmac = (over: Partial<HmacConfig['hmac']> = {}, names = ['key']): HmacConfig => ({
  hmac: { header: 'X-Signature', algorithm: 'sha256', encoding: 'hex', ...over },
  secrets: names.map((name) => ({ $secret: name })),
});

const github = hmac({ header: 'X-Hub-Signature-256', prefix: 'sha256=' });
const slack = hmac({
  header: 'X-Slack-Signature',
  prefix: 'v0=',
  timestampHeader: 'X-Slack-Request-Timestamp',
  signed: 'v0:{timestamp}:{body}',
});
const slackBody =
  'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
const slackHeaders = {
  'x-slack-signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
  'x-slack-request-timestamp': '1531420618',
};
const slackSecret = secrets({ key: '8f742231b10e8888abcd99yyyzzz85a5' });
const githubSignature = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';

describe('published values', () => {
  test.each([
    ["It's a Secret to Everybody", 'Hello, World!', githubSignature],
    ['mysecret', '{"foo":"bar"}', 'sha256=4864d2759938a15468b5df9ade20bf161da9b4f737ea61794142f3484236bda3'],
  ])('GitHub signs with %s', async (key, body, signature) => {
    const verdict = await verifyRequest(request(body, { 'x-hub-signature-256': signature }), github, secrets({ key }));
    expect(verdict).toEqual({ isVerified: true, credentials: ['x-hub-signature-256'] });
  });

  test('Slack signs version, time and body', async () => {
    expect(await verifyRequest(request(slackBody, slackHeaders), slack, slackSecret)).toMatchObject({
      isVerified: true,
    });
  });

  test('Standard Webhooks sign id, time and body', () => {
    const key = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64');
    const headers = { 'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek' };
    const parts = { timestamp: '1614265330', body: Buffer.from('{"test": 2432232314}'), headers };
    expect(
      computeSignature(
        key,
        { algorithm: 'sha256', encoding: 'base64' },
        '{header:Webhook-Id}.{timestamp}.{body}',
        parts,
      ),
    ).toBe('g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });
});

describe('a signature is refused', () => {
  const key = secrets({ key: "It's a Secret to Everybody" });
  const refused = (cause: string) => ({ isVerified: false, cause });

  test('for another body, down to a single byte', async () => {
    const headers = { 'x-hub-signature-256': githubSignature };
    expect(await verifyRequest(request('Hello, World', headers), github, key)).toEqual(refused('credential.wrong'));
  });

  test.each([
    [undefined, 'credential.missing'],
    ['', 'credential.wrong'],
    ['sha256=', 'credential.wrong'],
    [githubSignature.slice(7), 'credential.wrong'],
    [githubSignature.slice(0, -1), 'credential.wrong'],
    [githubSignature.replace('sha256', 'sha1'), 'credential.wrong'],
  ])('when it is %j', async (signature, cause) => {
    const headers: Record<string, string> = signature === undefined ? {} : { 'x-hub-signature-256': signature };
    expect(await verifyRequest(request('Hello, World!', headers), github, key)).toEqual(refused(cause));
  });

  test('when no secret is there to check it with', async () => {
    const headers = { 'x-hub-signature-256': githubSignature };
    const body = request('Hello, World!', headers);
    expect(await verifyRequest(body, github, secrets({}))).toEqual(refused('secret.unavailable'));
    expect(await verifyRequest(body, github, secrets({ key: '' }))).toEqual(refused('secret.unavailable'));
    const unreadable: Verification = {
      readSecret: () => Promise.reject(new HeadraceError('secret.unreadable', 'sealed with another key')),
      nowMs,
    };
    expect(await verifyRequest(body, github, unreadable)).toEqual(refused('secret.unavailable'));
  });

  test('but a database that is away is not a refusal', async () => {
    const away: Verification = {
      readSecret: () => Promise.reject(new HeadraceError('database.unavailable', 'away')),
      nowMs,
    };
    const headers = { 'x-hub-signature-256': githubSignature };
    await expect(verifyRequest(request('Hello, World!', headers), github, away)).rejects.toThrow('away');
  });

  test.each([
    ['without a time', { 'x-slack-signature': slackHeaders['x-slack-signature'] }, 'timestamp.missing', nowMs],
    ['with a time that is none', { ...slackHeaders, 'x-slack-request-timestamp': 'now' }, 'timestamp.stale', nowMs],
    ['with another time', { ...slackHeaders, 'x-slack-request-timestamp': '1531420619' }, 'credential.wrong', nowMs],
    ['six minutes later', slackHeaders, 'timestamp.stale', nowMs + 360_000],
    ['six minutes earlier', slackHeaders, 'timestamp.stale', nowMs - 360_000],
  ])('%s', async (_, headers, cause, atMs) => {
    const verification = { ...slackSecret, nowMs: atMs };
    expect(await verifyRequest(request(slackBody, headers), slack, verification)).toEqual(refused(cause));
  });
});

describe('a signature is accepted', () => {
  const parts = (body: string) => ({ timestamp: '', body: Buffer.from(body), headers: {} });
  const sign = (key: string, over: Partial<HmacConfig['hmac']> = {}) =>
    computeSignature(key, { algorithm: 'sha256', encoding: 'hex', ...over }, '{body}', parts('x'));

  test('from the old and the new secret while they are rotated', async () => {
    const config = hmac({}, ['new', 'old']);
    for (const key of ['new-key', 'old-key']) {
      const verdict = await verifyRequest(
        request('x', { 'x-signature': sign(key) }),
        config,
        secrets({ new: 'new-key', old: 'old-key' }),
      );
      expect(verdict).toMatchObject({ isVerified: true });
    }
    const withoutNew = await verifyRequest(
      request('x', { 'x-signature': sign('old-key') }),
      config,
      secrets({ old: 'old-key' }),
    );
    expect(withoutNew).toMatchObject({ isVerified: true });
  });

  test('among several, in upper-case hex, and in base64 without padding', async () => {
    const values = secrets({ key: 'k' });
    const several = `v1=${'0'.repeat(64)}, v1=${sign('k').toUpperCase()}`;
    expect(
      await verifyRequest(request('x', { 'x-signature': several }), hmac({ prefix: 'v1=' }), values),
    ).toMatchObject({
      isVerified: true,
    });
    const base64 = `v1,AAAA v1,${sign('k', { encoding: 'base64' }).replace('=', '')}`;
    const config = hmac({ prefix: 'v1,', encoding: 'base64' });
    expect(await verifyRequest(request('x', { 'x-signature': base64 }), config, values)).toMatchObject({
      isVerified: true,
    });
  });

  test.each(['sha1', 'sha512'] as const)('with %s', async (algorithm) => {
    const headers = { 'x-signature': sign('k', { algorithm }) };
    expect(await verifyRequest(request('x', headers), hmac({ algorithm }), secrets({ key: 'k' }))).toMatchObject({
      isVerified: true,
    });
  });

  test('over bytes that are not text', async () => {
    const body = Buffer.from([0xff, 0x00, 0xfe]);
    const signature = computeSignature('k', { algorithm: 'sha256', encoding: 'hex' }, '{body}', { ...parts(''), body });
    const verdict = await verifyRequest({ body, headers: { 'x-signature': signature } }, hmac(), secrets({ key: 'k' }));
    expect(verdict).toMatchObject({ isVerified: true });
  });

  test('with a time in milliseconds', async () => {
    const config = hmac({ timestampHeader: 'x-time' });
    const timestamp = String(nowMs);
    const signature = computeSignature('k', { algorithm: 'sha256', encoding: 'hex' }, '{timestamp}.{body}', {
      ...parts('x'),
      timestamp,
    });
    const headers = { 'x-signature': signature, 'x-time': timestamp };
    expect(await verifyRequest(request('x', headers), config, secrets({ key: 'k' }))).toMatchObject({
      isVerified: true,
    });
  });
});

describe('bearer and basic', () => {
  const bearer: WebhookVerification = { bearer: { $secret: 'token' } };
  const basic: WebhookVerification = { basic: { username: 'shop', password: { $secret: 'token' } } };
  const token = secrets({ token: 'tok:en 1'.replace(' ', '-') });
  const encode = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

  test.each([
    [bearer, 'Bearer tok:en-1', true],
    [bearer, 'bearer   tok:en-1', true],
    [bearer, 'Bearer tok:en-2', false],
    [bearer, 'Bearer tok:en-1 x', false],
    [bearer, 'Basic tok:en-1', false],
    [bearer, undefined, false],
    [basic, encode('shop:tok:en-1'), true],
    [basic, encode('shop:tok'), false],
    [basic, encode('Shop:tok:en-1'), false],
    [basic, encode('shop'), false],
    [basic, 'Basic ???', false],
    [basic, 'Bearer tok:en-1', false],
    [basic, undefined, false],
  ])('%j with %j is %j', async (config, authorization, isVerified) => {
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
    expect(await verifyRequest(request('', headers), config, token)).toMatchObject({ isVerified });
  });

  test('the header that carried the proof is named, so that it is not stored', async () => {
    const verdict = await verifyRequest(request('', { authorization: 'Bearer tok:en-1' }), bearer, token);
    expect(verdict).toEqual({ isVerified: true, credentials: ['authorization'] });
  });

  test('a secret stored with its scheme means the token in it', async () => {
    const stored = secrets({ token: 'Bearer tok-9' });
    expect(await verifyRequest(request('', { authorization: 'Bearer tok-9' }), bearer, stored)).toMatchObject({
      isVerified: true,
    });
  });
});
