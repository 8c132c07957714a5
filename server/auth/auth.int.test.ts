import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type Accounts,
  ids,
  openAccounts,
  openBrowser,
  owner,
  ownerBrowser,
  publicUrl,
} from '@/server/testing/accounts';
import { resetPassword } from './reset-password';

let accounts: Accounts;

beforeAll(async () => {
  accounts = await openAccounts();
});
beforeEach(async () => {
  await accounts.prisma.session.deleteMany();
});
afterAll(() => accounts.close());

const read = async (headers: Headers, renew = false) => accounts.auth.readSession(headers, { renew });
const signIn = (email: string, password: string, browser = openBrowser()) =>
  browser.post(accounts, 'sign-in/email', { email, password });

describe('signing in', () => {
  it('gives a session that says who, where and with which role', async () => {
    const browser = await ownerBrowser(accounts);
    const { signedIn } = await read(browser.headers());
    expect(signedIn).toMatchObject({
      user: { name: owner.name, email: owner.email },
      workspace: { slug: 'main', name: 'Main' },
      role: 'owner',
    });
    const daysLeft = ((signedIn?.expiresAtMs ?? 0) - Date.now()) / 86_400_000;
    expect(daysLeft).toBeGreaterThan(6.9);
    expect(daysLeft).toBeLessThanOrEqual(7);
  });

  it('keeps the session in a cookie that scripts cannot read and other sites do not send', async () => {
    await ownerBrowser(accounts);
    const cookies = (await signIn(owner.email, owner.password)).headers.getSetCookie();
    expect(cookies).toHaveLength(1);
    expect(cookies[0]).toMatch(/^headrace\.session_token=.+; Max-Age=604800; Path=\/; HttpOnly; SameSite=Lax$/i);
  });

  it('marks the cookie as secure behind https', async () => {
    const secured = await openAccounts({
      publicUrl: 'https://headrace.example.com',
      isLoopback: false,
      setupToken: 'x',
    });
    await secured.auth.firstVisit.createOwner({ ...owner, setupToken: 'x' });
    const browser = openBrowser('https://headrace.example.com');
    const response = await browser.post(secured, 'sign-in/email', owner);
    expect(response.headers.getSetCookie()[0]).toMatch(/^__Secure-headrace\.session_token=.+; Secure/);
    await secured.close();
  });

  it('refuses a wrong password and an unknown e-mail alike', async () => {
    await ownerBrowser(accounts);
    const wrong = await signIn(owner.email, 'not the password');
    const unknown = await signIn('nobody@example.com', owner.password);
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    expect(await wrong.json()).toEqual(await unknown.json());
    expect(wrong.headers.getSetCookie()).toEqual([]);
  });

  it('ends with sign-out, for good', async () => {
    const browser = await ownerBrowser(accounts);
    const stolen = browser.headers();
    expect((await browser.post(accounts, 'sign-out', {})).status).toBe(200);
    expect((await read(browser.headers())).signedIn).toBeNull();
    expect((await read(stolen)).signedIn).toBeNull();
  });

  it('refuses a page of another origin', async () => {
    const browser = await ownerBrowser(accounts);
    const headers = browser.headers();
    headers.set('origin', 'https://evil.example');
    const request = new Request(`${publicUrl}/api/auth/sign-out`, { method: 'POST', headers, body: '{}' });
    expect((await accounts.auth.handle(request)).status).toBe(403);
    expect((await read(browser.headers())).signedIn).not.toBeNull();
  });

  it('accepts the other names by which this machine calls itself', async () => {
    await ownerBrowser(accounts);
    expect((await signIn(owner.email, owner.password, openBrowser('http://localhost:3000'))).status).toBe(200);
    expect((await signIn(owner.email, owner.password, openBrowser('http://localhost:3001'))).status).toBe(403);
  });

  it('has no endpoint that no screen uses', async () => {
    const browser = await ownerBrowser(accounts);
    const body = { email: 'new@example.com', password: 'long enough', name: 'New' };
    for (const path of ['sign-up/email', 'update-user', 'change-email', 'delete-user', 'request-password-reset']) {
      expect((await browser.post(accounts, path, body)).status, path).toBe(404);
    }
    expect(await accounts.prisma.user.count()).toBe(1);
  });

  it('makes a guesser wait', async () => {
    await ownerBrowser(accounts);
    const browser = openBrowser();
    const attempt = (address: string) => {
      const headers = browser.headers();
      headers.set('x-headrace-client-address', address);
      const body = JSON.stringify({ email: owner.email, password: 'a guess' });
      const request = new Request(`${publicUrl}/api/auth/sign-in/email`, { method: 'POST', headers, body });
      return accounts.auth.handle(request);
    };
    const statuses: number[] = [];
    for (let n = 0; n < 21; n += 1) statuses.push((await attempt('203.0.113.7')).status);
    expect(statuses).toEqual([...Array.from({ length: 20 }, () => 401), 429]);
    expect((await attempt('203.0.113.8')).status).toBe(401);
  });
});

describe('a session', () => {
  it('is nobody’s without a cookie, with a forged one, or after it expired', async () => {
    const browser = await ownerBrowser(accounts);
    expect((await read(new Headers())).signedIn).toBeNull();
    const forged = new Headers({ cookie: (browser.headers().get('cookie') ?? '').replace(/.{6}%3D$/, 'AAAAAA%3D') });
    expect((await read(forged)).signedIn).toBeNull();
    await accounts.prisma.session.updateMany({ data: { expiresAt: new Date(Date.now() - 1_000) } });
    expect((await read(browser.headers())).signedIn).toBeNull();
  });

  it('slides while it is used by calls, and not by what only looks', async () => {
    const browser = await ownerBrowser(accounts);
    const inThreeDays = new Date(Date.now() + 3 * 86_400_000);
    await accounts.prisma.session.updateMany({ data: { expiresAt: inThreeDays } });
    const looked = await read(browser.headers());
    expect(looked.setCookies).toEqual([]);
    expect(looked.signedIn?.expiresAtMs).toBe(inThreeDays.getTime());
    const used = await read(browser.headers(), true);
    expect(used.setCookies.join()).toContain('headrace.session_token=');
    const { expiresAt } = await accounts.prisma.session.findFirstOrThrow();
    expect(expiresAt.getTime()).toBeGreaterThan(inThreeDays.getTime() + 3 * 86_400_000);
  });

  it('is worth nothing to somebody who is no member of a workspace any more', async () => {
    const other = await openAccounts();
    const browser = await ownerBrowser(other);
    await other.prisma.membership.deleteMany();
    expect((await other.auth.readSession(browser.headers(), { renew: false })).signedIn).toBeNull();
    await other.close();
  });
});

describe('passwords', () => {
  it('are changed with the current one, which ends every other session', async () => {
    const changing = await openAccounts();
    const here = await ownerBrowser(changing);
    const elsewhere = await ownerBrowser(changing);
    const whoIs = async (headers: Headers) => (await changing.auth.readSession(headers, { renew: false })).signedIn;
    const me = await whoIs(here.headers());
    if (me === null) throw new Error('the owner is signed in');
    const newPassword = 'an even calmer room';
    await expect(
      changing.auth.profile.changePassword(me, { currentPassword: 'wrong', newPassword }),
    ).rejects.toMatchObject({ code: 'request.invalid', faults: [{ pointer: '/currentPassword' }] });
    expect(await whoIs(elsewhere.headers())).not.toBeNull();
    await changing.auth.profile.changePassword(me, { currentPassword: owner.password, newPassword });
    expect(await whoIs(here.headers())).not.toBeNull();
    expect(await whoIs(elsewhere.headers())).toBeNull();
    const statusWith = async (password: string) =>
      (await openBrowser().post(changing, 'sign-in/email', { email: owner.email, password })).status;
    expect([await statusWith(owner.password), await statusWith(newPassword)]).toEqual([401, 200]);
    expect(await changing.prisma.auditEntry.count({ where: { action: 'password.changed' } })).toBe(1);
    await changing.close();
  });

  it('are reset from the command line, which ends all sessions and is audited', async () => {
    const resetting = await openAccounts();
    const browser = await ownerBrowser(resetting);
    const deps = { accounts: resetting.accounts, ids };
    await expect(resetPassword(deps, 'nobody@example.com', null)).rejects.toMatchObject({ code: 'resource.notFound' });
    await expect(resetPassword(deps, owner.email, 'short')).rejects.toMatchObject({ code: 'request.invalid' });
    const generated = await resetPassword(deps, 'INES@example.com', null);
    expect(generated).toMatch(/^[a-zA-Z2-9]{20}$/);
    expect((await resetting.auth.readSession(browser.headers(), { renew: false })).signedIn).toBeNull();
    const statusWith = async (password: string) =>
      (await openBrowser().post(resetting, 'sign-in/email', { email: owner.email, password })).status;
    expect([await statusWith(owner.password), await statusWith(generated)]).toEqual([401, 200]);
    const [line] = await resetting.prisma.auditEntry.findMany({ where: { action: 'password.reset' } });
    expect(line?.actor).toBe('system');
    await resetting.close();
  });
});
