import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Accounts, openAccounts, openBrowser, owner } from '@/server/testing/accounts';

let accounts: Accounts;

beforeAll(async () => {
  accounts = await openAccounts();
  await accounts.auth.firstVisit.createOwner(owner);
});
afterAll(() => accounts.close());

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command as npm does, on the database of this test. */
function resetPassword(args: readonly string[], input = ''): Promise<Outcome> {
  const env: NodeJS.ProcessEnv = {
    NODE_ENV: 'test',
    PATH: process.env.PATH,
    DATABASE_URL: accounts.url,
    HEADRACE_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
  };
  return new Promise((resolve) => {
    const command = ['--import', 'tsx', 'scripts/reset-password.ts', ...args];
    const child = execFile(process.execPath, command, { env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
    child.stdin?.end(input);
  });
}

const signInStatus = async (password: string): Promise<number> =>
  (await openBrowser().post(accounts, 'sign-in/email', { email: owner.email, password })).status;

describe('npm run reset-password', () => {
  it('prints a generated password that works', async () => {
    const { code, stdout } = await resetPassword([owner.email]);
    expect(code).toBe(0);
    const [, password = ''] = /^ {2}(\S{20})$/m.exec(stdout) ?? [];
    expect(await signInStatus(owner.password)).toBe(401);
    expect(await signInStatus(password)).toBe(200);
  });

  it('takes a password from standard input and does not repeat it', async () => {
    const { code, stdout } = await resetPassword([owner.email, '--stdin'], 'typed by the operator\n');
    expect(code).toBe(0);
    expect(stdout).not.toContain('typed by');
    expect(await signInStatus('typed by the operator')).toBe(200);
  });

  it('says in one line what is wrong', async () => {
    expect(await resetPassword([])).toMatchObject({ code: 1, stderr: expect.stringMatching(/^Usage: /) });
    expect(await resetPassword(['nobody@example.com'])).toMatchObject({
      code: 1,
      stderr: 'There is no account with the e-mail nobody@example.com.\n',
    });
    expect(await resetPassword([owner.email, '--stdin'], 'short')).toMatchObject({
      code: 1,
      stderr: 'Use at least 8 characters.\n',
    });
  });
});
