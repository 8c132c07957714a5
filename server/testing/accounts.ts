/**
 * Accounts on a real database for integration tests, and a browser of the simplest kind: it keeps cookies and sends the
 * headers by which a same-origin page is recognised.
 */
import { randomBytes } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import { v7 as uuidv7 } from 'uuid';
import { type AuthDeps, createAuth } from '@/server/auth/auth';
import { PrismaClient } from '@/server/generated/prisma/client';
import { clientAddressHeader } from '@/server/http/internal-headers';
import { createAccountRepository } from '@/server/repositories/account-repository';
import { type TestDatabase, testDatabase } from './servers';
import { silentLog } from './silent-log';

export const publicUrl = 'http://127.0.0.1:3000';
export const owner = { name: 'Ines Marek', email: 'ines@example.com', password: 'a calm control room' };

export const ids = { uuid: () => uuidv7() };

export interface Accounts extends Awaited<ReturnType<typeof openAccounts>> {}

/** @param env changes to the configuration of a loopback installation */
export async function openAccounts(env: Partial<AuthDeps['env']> = {}, database?: TestDatabase) {
  const { url } = database ?? (await testDatabase());
  const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: url }) });
  const accounts = createAccountRepository(prisma);
  const auth = createAuth({
    prisma,
    accounts,
    env: { publicUrl, isLoopback: true, encryptionKey: randomBytes(32), setupToken: undefined, ...env },
    clock: { nowMs: () => Date.now() },
    ids,
    log: silentLog,
  });
  return { url, prisma, accounts, auth, close: () => prisma.$disconnect() };
}

export type Browser = ReturnType<typeof openBrowser>;

/** @param origin where its page was loaded from */
export function openBrowser(origin = publicUrl) {
  const jar = new Map<string, string>();
  // An address of its own, because the sign-in library counts attempts by address for the whole process.
  const [a, b, c] = randomBytes(3);
  const address = `10.${a}.${b}.${c}`;
  const keep = (setCookies: readonly string[]): void => {
    for (const line of setCookies) {
      const [pair = ''] = line.split(';');
      const at = pair.indexOf('=');
      if (/max-age=0/i.test(line)) jar.delete(pair.slice(0, at));
      else jar.set(pair.slice(0, at), pair.slice(at + 1));
    }
  };
  const headers = (): Headers =>
    new Headers({
      origin,
      'sec-fetch-site': 'same-origin',
      'content-type': 'application/json',
      [clientAddressHeader]: address,
      cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
    });
  return {
    keep,
    headers,
    /** Posts JSON to an endpoint of /api/auth and keeps the cookies of the answer. */
    async post(accounts: Pick<Accounts, 'auth'>, path: string, body: object): Promise<Response> {
      const request = new Request(`${publicUrl}/api/auth/${path}`, {
        method: 'POST',
        headers: headers(),
        body: JSON.stringify(body),
      });
      const response = await accounts.auth.handle(request);
      keep(response.headers.getSetCookie());
      return response;
    },
  };
}

/** A browser in which the owner has signed in. */
export async function ownerBrowser(accounts: Accounts): Promise<Browser> {
  const { isOpen } = await accounts.auth.firstVisit.state();
  if (isOpen) await accounts.auth.firstVisit.createOwner(owner);
  const browser = openBrowser();
  await browser.post(accounts, 'sign-in/email', { email: owner.email, password: owner.password });
  return browser;
}
