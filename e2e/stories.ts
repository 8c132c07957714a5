/**
 * What every story stands on: a signed-in browser, the pages, the public API to arrange with, another system to call,
 * and a watch over the browser. A page that throws, or that breaks its own content security policy, fails the story
 * that was told on it, whatever the story was about.
 */
import { type BrowserContext, test as base, expect, type Page, type PlaywrightWorkerArgs } from '@playwright/test';
import { ApprovalsPage } from './pages/approvals-page';
import { DesignerPage } from './pages/designer-page';
import { FlowsPage } from './pages/flows-page';
import { Frame } from './pages/frame';
import { LanesPage } from './pages/lanes-page';
import { RunPage } from './pages/run-page';
import { RunsPage } from './pages/runs-page';
import { SettingsPage } from './pages/settings-page';
import { SignInPage } from './pages/sign-in-page';
import { HeadraceApi } from './world/headrace-api';
import { origin, owner } from './world/installation';
import { OtherSystem } from './world/other-system';

type Session = Awaited<ReturnType<BrowserContext['storageState']>>;

export interface Story {
  readonly frame: Frame;
  readonly flows: FlowsPage;
  readonly designer: DesignerPage;
  readonly runs: RunsPage;
  readonly run: RunPage;
  readonly approvals: ApprovalsPage;
  readonly lanes: LanesPage;
  readonly settings: SettingsPage;
  readonly signIn: SignInPage;
  readonly api: HeadraceApi;
  readonly otherSystem: OtherSystem;
  readonly watch: undefined;
}

interface Telling {
  /** Cookies of the signed-in owner, made once per worker without a browser. */
  readonly session: Session;
}

/** For stories of somebody who is not signed in yet. */
export const nobody: Session = { cookies: [], origins: [] };

export const test = base.extend<Story, Telling>({
  session: [({ playwright }, use) => signedIn(playwright).then(use), { scope: 'worker' }],
  storageState: ({ session }, use) => use(session),
  frame: ({ page }, use) => use(new Frame(page)),
  flows: ({ page }, use) => use(new FlowsPage(page)),
  designer: ({ page }, use) => use(new DesignerPage(page)),
  runs: ({ page }, use) => use(new RunsPage(page)),
  run: ({ page }, use) => use(new RunPage(page)),
  approvals: ({ page }, use) => use(new ApprovalsPage(page)),
  lanes: ({ page }, use) => use(new LanesPage(page)),
  settings: ({ page }, use) => use(new SettingsPage(page)),
  signIn: ({ page }, use) => use(new SignInPage(page)),
  api: [new HeadraceApi(), { option: true }],
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from this pattern what a fixture needs: nothing
  otherSystem: async ({}, use) => {
    const system = await OtherSystem.start();
    await use(system);
    await system.stop();
  },
  watch: [
    async ({ context }, use) => {
      const faults: string[] = [];
      context.on('page', (page) => watchPage(page, faults));
      await use(undefined);
      expect(faults, 'what the browser complained about').toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

function watchPage(page: Page, faults: string[]): void {
  page.on('pageerror', (error) => faults.push(error.stack ?? error.message));
  page.on('console', (message) => {
    const isPolicy = /content security policy/i.test(message.text());
    // React says so when the server and the browser drew different things.
    const isMismatch = /hydrat|Minified React error/i.test(message.text());
    if (message.type() === 'error' && (isPolicy || isMismatch)) faults.push(message.text());
  });
}

async function signedIn({ request }: PlaywrightWorkerArgs['playwright']): Promise<Session> {
  const client = await request.newContext({ baseURL: origin(), extraHTTPHeaders: { origin: origin() } });
  const { email, password } = owner;
  const answer = await client.post('/api/auth/sign-in/email', { data: { email, password } });
  expect(answer.ok(), await answer.text()).toBe(true);
  const session = await client.storageState();
  await client.dispose();
  return session;
}
