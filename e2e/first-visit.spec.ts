/**
 * The first hour of a new owner in one story: from the empty installation to a flow that a real request has run. Told
 * first, because it creates the owner by whom all other stories are told.
 */
import { execFileSync } from 'node:child_process';
import { expect, nobody, test } from './stories';
import { owner } from './world/installation';

test.use({ storageState: nobody, permissions: ['clipboard-read', 'clipboard-write'] });

test('A first visit leads to a published flow that a webhook runs', async ({
  designer,
  flows,
  frame,
  page,
  run,
  runs,
}) => {
  await test.step('whoever comes first becomes the owner', async () => {
    await page.goto('/');
    await expect(page).toHaveURL(/\/welcome$/);
    await page.getByRole('textbox', { name: 'Name' }).fill(owner.name);
    await page.getByRole('textbox', { name: 'E-mail' }).fill(owner.email);
    await page.getByRole('textbox', { name: 'Password' }).fill('short');
    await page.getByRole('button', { name: 'Create the owner and start' }).click();
    await expect(page.getByRole('textbox', { name: 'Password' })).toHaveAttribute('aria-invalid', 'true');
    await page.getByRole('textbox', { name: 'Password' }).fill(owner.password);
    await page.getByRole('button', { name: 'Create the owner and start' }).click();
    await expect(page).toHaveURL(/\/flows$/);
    await expect(page.getByRole('heading', { name: 'Draw your first flow' })).toBeVisible();
    await expect(flows.examples.getByRole('listitem')).toHaveCount(5);
  });

  await test.step('a flow begins with a webhook', async () => {
    await flows.create('Order intake', 'Webhook');
    await expect(designer.canvas).toBeVisible();
    await expect(frame.heading).toHaveText('Order intake');
    await expect(designer.step('webhook')).toBeVisible();
    await designer.select('webhook');
    await designer.stepName.fill('Order received');
    await designer.field('Path').fill('first/orders');
  });

  await test.step('a step is added behind it by keyboard, and says what it will give', async () => {
    await designer.addStep('Transform');
    await designer.stepName.fill('Work out the total');
    await expect(designer.wire('Order received', 'Work out the total')).toBeVisible();
    await designer.giveSample('{"id": "SO-1", "lines": [{"qty": 2, "price": 49.5}, {"qty": 1, "price": 320}]}');
    await designer.select('Work out the total');
    await designer.addMember('Output', 'total', '{{ $sum(event.data.body.lines.(qty * price)) }}');
    await expect(designer.preview).toContainText('419');
    await designer.untilSaved();
  });

  await test.step('it is published', async () => {
    await designer.publish();
    await expect(frame.message('Version 1 is live.')).toBeVisible();
    await expect(page.getByText('Live v1', { exact: true })).toBeVisible();
  });

  const answer = await test.step('the command it shows is a real request', async () => {
    await designer.openRunning();
    await designer.runPanel.getByRole('button', { name: 'Copy as curl' }).click();
    await expect(designer.runPanel.getByRole('button', { name: 'Copied' })).toBeVisible();
    const command = await page.evaluate(() => navigator.clipboard.readText());
    expect(command).toMatch(/^curl /);
    return JSON.parse(execFileSync('sh', ['-c', `${command} -sS`], { encoding: 'utf8' })) as { runId: string };
  });

  await test.step('the run is in the list and shows what every step received and gave', async () => {
    await frame.go('Runs');
    await runs.row('Order intake').click();
    await expect(page).toHaveURL(new RegExp(`/runs/${answer.runId}`));
    await expect(run.isIn('succeeded')).toBeVisible();
    await run.choose('Work out the total');
    await run.openTab('Output');
    await expect(run.openedPanel).toContainText('419');
    await run.choose('Order received');
    await expect(run.openedPanel).toContainText('"SO-1"');
  });
});
