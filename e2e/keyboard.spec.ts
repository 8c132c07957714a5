/** The whole way from the list to a live version without touching the mouse. */
import { twoSteps } from './documents';
import { expect, test } from './stories';
import { own } from './world/own';

test('A flow is found, opened, extended, renamed and published by keyboard alone', async ({
  api,
  designer,
  flows,
  frame,
  page,
}) => {
  const name = own('Keys');
  const flowId = await api.createFlow(twoSteps(name));
  const { keyboard } = page;
  await flows.open();
  await expect(flows.row(name)).toBeVisible();

  await test.step('found and opened', async () => {
    await keyboard.press('/');
    await expect(flows.search).toBeFocused();
    await keyboard.type(name);
    await expect(flows.rows).toHaveCount(1);
    await keyboard.press('Escape');
    await keyboard.press('Escape');
    await keyboard.press('j');
    await expect(flows.row(name)).toBeFocused();
    await keyboard.press('Enter');
    await expect(page).toHaveURL(new RegExp(`/flows/${flowId}`));
    await expect(designer.canvas).toBeVisible();
  });

  await test.step('a step is added behind the last one and named', async () => {
    await keyboard.press('ArrowDown');
    await keyboard.press('ArrowDown');
    await expect(designer.stepName).toHaveValue('Shape it');
    await keyboard.press('n');
    await expect(designer.palette).toBeFocused();
    await keyboard.type('fail');
    await keyboard.press('Enter');
    await expect(designer.wire('Shape it', 'fail')).toBeVisible();
    await keyboard.press('Escape');
    await keyboard.press('F2');
    await expect(designer.stepId).toBeFocused();
    await keyboard.type('stop');
    await keyboard.press('Enter');
    await expect(designer.step('stop')).toBeVisible();
    await expect(designer.wire('Shape it', 'stop')).toBeVisible();
  });

  await test.step('its form is filled', async () => {
    await designer.canvas.focus();
    await keyboard.press('Enter');
    await expect(designer.field('Message')).toBeFocused();
    await keyboard.type('It stops here');
    await expect(designer.problemCount).toBeHidden();
  });

  await test.step('published from the command palette', async () => {
    await keyboard.press('ControlOrMeta+k');
    await expect(frame.palette).toBeFocused();
    await keyboard.type('publish this');
    await keyboard.press('Enter');
    await expect(designer.publishPanel).toBeVisible();
    await expect(designer.publishPanel.getByRole('textbox', { name: 'Note' })).toBeFocused();
    await keyboard.type('Stops on purpose');
    await keyboard.press('Tab');
    await keyboard.press('Enter');
    await expect(page.getByText('Live v1', { exact: true })).toBeVisible();
  });
});

test('The sheet of keys opens and closes with one key each', async ({ api, designer, page }) => {
  await designer.open(await api.createFlow(twoSteps(own('Sheet'))));
  await designer.canvas.focus();
  await page.keyboard.press('?');
  const sheet = page.getByRole('dialog', { name: 'Keys' });
  await expect(sheet).toBeVisible();
  await expect(page.getByText('Close', { exact: true })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(sheet).toBeHidden();
  await page.keyboard.press('n');
  await expect(designer.palette).toBeFocused();
});
