/** What can be done with a flow as a whole, between its first draft and its end. */
import { readFileSync } from 'node:fs';
import { byHand, pathOf, twoSteps } from './documents';
import { expect, test } from './stories';
import { own } from './world/own';

test('A draft is run by hand with data of its own, and the run says that it was a draft', async ({
  api,
  designer,
  page,
  run,
  runs,
}) => {
  const name = own('By hand');
  const flowId = await api.createFlow(byHand(name));
  await designer.open(flowId);
  await designer.canvas.focus();
  await page.keyboard.press('ControlOrMeta+Enter');
  await designer.runPanel.getByRole('textbox', { name: 'Data' }).fill('{"n": 21}');
  await designer.runPanel.getByRole('button', { name: 'Run', exact: true }).click();

  await expect(designer.drawer).toContainText('succeeded');
  await runs.open(flowId);
  await expect(runs.row(name)).toContainText('draft');
  await runs.row(name).click();
  await expect(run.isIn('succeeded')).toBeVisible();
  await run.choose('Tell');
  await run.openTab('Output');
  await expect(run.openedPanel).toContainText('42');
  expect(await api.runsOf(flowId)).toMatchObject([{ draft: true, version: null }]);
});

test('A flow is duplicated from the list and the copy is a draft of its own', async ({
  api,
  designer,
  flows,
  frame,
  page,
}) => {
  const name = own('Original');
  await api.publishedFlow(twoSteps(name));
  await flows.open();
  await flows.choose(name, 'Duplicate');
  await frame.message(`${name} duplicated.`).getByRole('button', { name: 'Open' }).click();
  await expect(designer.step('Shape it')).toBeVisible();
  await expect(frame.heading).toContainText(name);
  await expect(frame.heading).not.toHaveText(name);
  await expect(page.getByText('Draft, never published')).toBeVisible();
});

test('A flow leaves as a file and comes back from its text', async ({ api, designer, flows, page }) => {
  const name = own('Travels');
  await api.createFlow(twoSteps(name));
  await flows.open();
  const download = page.waitForEvent('download');
  await flows.choose(name, 'Export as JSON');
  const file = await download;
  expect(file.suggestedFilename()).toBe(`${pathOf(name)}.flow.json`);
  const text = readFileSync(await file.path(), 'utf8');

  await test.step('text that is no flow is told all its faults and brings nothing', async () => {
    await flows.import.click();
    await flows.importDialog.getByRole('textbox', { name: 'or its text' }).fill('{"headrace": 1, "colour": "red"}');
    await expect(flows.importDialog.getByRole('alert')).toContainText('/colour');
    await expect(flows.importDialog.getByRole('button', { name: 'Import and open' })).toBeDisabled();
    await flows.importDialog.getByRole('button', { name: 'Cancel' }).click();
  });

  await flows.importText(text.replace(name, `${name} again`));
  await expect(designer.step('Order received')).toBeVisible();
  await expect(designer.wire('Order received', 'Shape it')).toBeVisible();
});

test('A paused flow keeps what arrives and runs it when it is resumed', async ({ api, flows }) => {
  const name = own('Paused');
  const flowId = await api.publishedFlow(twoSteps(name));
  await flows.open();
  await flows.choose(name, 'Pause');
  await expect(flows.row(name)).toContainText('paused');
  const runId = await api.callHook(pathOf(name), { id: 'SO-7' });

  await test.step('it waits while others go on', async () => {
    const other = own('Not paused');
    await api.publishedFlow(twoSteps(other));
    await api.untilRun(await api.callHook(pathOf(other), { id: 'SO-7' }), 'succeeded');
    expect(await api.runsOf(flowId)).toMatchObject([{ id: runId, status: 'queued' }]);
  });

  await flows.choose(name, 'Resume');
  await expect(flows.row(name)).not.toContainText('paused');
  await api.untilRun(runId, 'succeeded');
});

test('A deleted flow asks for its name first, and its address answers no more', async ({ api, flows, frame, run }) => {
  const name = own('Deleted');
  await api.publishedFlow(twoSteps(name));
  const runId = await api.callHook(pathOf(name), { id: 'SO-8' });
  await api.untilRun(runId, 'succeeded');
  await flows.open();
  await flows.choose(name, 'Delete…');
  await expect(flows.deleteDialog.getByRole('button', { name: 'Delete flow' })).toBeDisabled();
  await flows.confirmDelete(name);

  await expect(frame.message(`${name} deleted.`)).toBeVisible();
  await expect(flows.row(name)).toBeHidden();
  expect((await api.hook(pathOf(name), {})).status).toBe(404);
  await run.open(runId);
  await expect(run.isIn('succeeded')).toBeVisible();
});

test('An older version is made live again', async ({ api, designer, flows, frame, page }) => {
  const name = own('Versions');
  const flowId = await api.publishedFlow(twoSteps(name));
  await designer.open(flowId);
  await designer.select('Shape it');
  await designer.writeJson('Output', '{"changed": true}');
  await expect(page.getByText('1 change ahead of v1')).toBeVisible();
  await designer.publish();
  await expect(page.getByText('Live v2', { exact: true })).toBeVisible();

  await designer.openTab('Versions');
  await page.getByRole('list', { name: 'Versions, newest first' }).getByRole('button', { name: /^v1/ }).click();
  await page.getByRole('button', { name: 'Make live…' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Make v1 live' }).click();
  await expect(frame.message('Version 1 is live.')).toBeVisible();
  await flows.open();
  await expect(flows.row(name)).toContainText('live v1');
});
