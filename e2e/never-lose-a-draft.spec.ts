/** Whatever happens around it, what somebody has drawn stays. */
import { twoSteps } from './documents';
import { expect, test } from './stories';
import { owner } from './world/installation';
import { own } from './world/own';

test('A session that ends in the middle of an edit asks to sign in again and then saves it', async ({
  api,
  context,
  designer,
  frame,
}) => {
  const flowId = await api.createFlow(twoSteps(own('Session')));
  await designer.open(flowId);
  await designer.select('Shape it');
  await context.clearCookies();
  await designer.stepName.fill('Shape it well');

  await expect(frame.signInAgain).toBeVisible();
  await expect(frame.signInAgain.getByRole('textbox', { name: 'E-mail' })).toHaveValue(owner.email);
  await frame.signInAgainWith('not the password');
  await expect(frame.signInAgain.getByRole('alert')).toBeVisible();
  await frame.signInAgainWith(owner.password);

  await expect(frame.signInAgain).toBeHidden();
  await expect(designer.step('Shape it well')).toBeVisible();
  await designer.untilSaved();
  await expect.poll(async () => (await api.flow(flowId)).document.steps[1]?.name).toBe('Shape it well');
});

test('What somebody else saved meanwhile is shown, and neither draft is lost', async ({ api, designer, page }) => {
  const flowId = await api.createFlow(twoSteps(own('Conflict')));
  await designer.open(flowId);
  await designer.select('Shape it');
  await api.saveOver(flowId, (theirs) => ({
    ...theirs,
    steps: theirs.steps.map((step) => (step.id === 'received' ? { ...step, name: 'Theirs' } : step)),
  }));
  await designer.stepName.fill('Mine');

  await expect(designer.conflict).toBeVisible();
  await expect(designer.conflict.getByRole('region', { name: 'Their draft' })).toBeVisible();
  await expect(designer.conflict.getByText('Theirs', { exact: true })).toBeVisible();

  await test.step('theirs is taken, and undo brings mine back', async () => {
    await designer.conflict.getByRole('button', { name: 'Take theirs' }).click();
    await expect(designer.conflict).toBeHidden();
    await expect(designer.step('Theirs')).toBeVisible();
    await expect(designer.step('Shape it')).toBeVisible();
    await designer.canvas.focus();
    await page.keyboard.press('ControlOrMeta+z');
    await expect(designer.step('Mine')).toBeVisible();
    await designer.untilSaved();
    await expect.poll(async () => (await api.flow(flowId)).document.steps[1]?.name).toBe('Mine');
  });
});

test('In a second window the later edit meets the earlier one and can be kept', async ({ api, context, designer }) => {
  const flowId = await api.createFlow(twoSteps(own('Two windows')));
  await designer.open(flowId);
  const other = designer.in(await context.newPage());
  await other.open(flowId);
  await other.select('Shape it');
  await other.stepName.fill('From the other window');
  await expect.poll(async () => (await api.flow(flowId)).document.steps[1]?.name).toBe('From the other window');

  await designer.select('Shape it');
  await designer.stepName.fill('From this window');
  await expect(designer.conflict).toBeVisible();
  await designer.conflict.getByRole('button', { name: 'Keep mine' }).click();
  await expect(designer.conflict).toBeHidden();
  await designer.untilSaved();
  await expect.poll(async () => (await api.flow(flowId)).document.steps[1]?.name).toBe('From this window');
});

test('Without a connection the draft is kept in the browser, survives a reload, and is saved later', async ({
  api,
  context,
  designer,
  page,
}) => {
  const flowId = await api.createFlow(twoSteps(own('Offline')));
  await designer.open(flowId);
  await designer.select('Shape it');
  await context.setOffline(true);
  await designer.stepName.fill('Drawn in a tunnel');
  await expect(designer.notSaved).toContainText('kept in this browser');

  page.on('dialog', (dialog) => void dialog.accept());
  await context.setOffline(false);
  await page.reload();
  await expect(designer.step('Drawn in a tunnel')).toBeVisible();
  await expect.poll(async () => (await api.flow(flowId)).document.steps[1]?.name).toBe('Drawn in a tunnel');
});
