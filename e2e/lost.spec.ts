/** When something is not there: an address, a connection. */
import { twoSteps } from './documents';
import { expect, nobody, test } from './stories';
import { own } from './world/own';

test('An address that leads nowhere says so and leads back', async ({ flows, page }) => {
  const answer = await page.goto('/nowhere/at-all');
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole('heading', { name: 'There is nothing at this address' })).toBeVisible();
  await page.getByRole('link', { name: 'Go to flows' }).click();
  await expect(flows.newFlow).toBeVisible();
});

test('A flow and a run that are not there say so', async ({ page, run }) => {
  await page.goto('/flows/0190a000-0000-7000-8000-000000000000');
  await expect(page.getByRole('main').getByRole('alert')).toContainText('could not be opened');
  await run.open('0190a000-0000-7000-8000-000000000000');
  await expect(page.getByRole('heading', { name: 'There is no such run' })).toBeVisible();
});

test('A lost connection is said, and what was missed appears when it is back', async ({
  api,
  context,
  frame,
  page,
  runs,
}) => {
  const name = own('Meanwhile');
  const flowId = await api.publishedFlow(twoSteps(name));
  await runs.open(flowId);
  await context.setOffline(true);
  await expect(frame.connectionBanner).toBeVisible();
  const runId = await api.callHook(name.toLowerCase().replaceAll(' ', '-'), { id: 'SO-10' });
  await api.untilRun(runId, 'succeeded');
  await expect(runs.row(name)).toBeHidden();

  await context.setOffline(false);
  await expect(frame.connectionBanner).toBeHidden();
  await expect(runs.row(name)).toContainText('succeeded');
  await expect(page).toHaveURL(new RegExp(`flow=${flowId}`));
});

test.describe('for somebody who is not signed in', () => {
  test.use({ storageState: nobody });

  test('A page asks to sign in and then opens', async ({ api, designer, page, signIn }) => {
    const flowId = await api.createFlow(twoSteps(own('Asked for')));
    await page.goto(`/flows/${flowId}`);
    await expect(page).toHaveURL(/\/sign-in\?next=/);
    await signIn.withPassword('wrong password');
    await expect(signIn.fault).toBeVisible();
    await signIn.asOwner();
    await expect(page).toHaveURL(new RegExp(`/flows/${flowId}`));
    await expect(designer.step('Shape it')).toBeVisible();
  });

  test('Whoever signs out is out in every window', async ({ context, frame, page, signIn }) => {
    await signIn.open();
    await signIn.asOwner();
    await expect(page).toHaveURL(/\/flows$/);
    await frame.account.click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await expect(page).toHaveURL(/\/sign-in/);
    const other = await context.newPage();
    await other.goto('/flows');
    await expect(other).toHaveURL(/\/sign-in/);
  });
});
