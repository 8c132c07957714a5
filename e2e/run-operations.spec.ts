/** What a person does about a run: decides what nobody else can know, and does it again with what is different now. */
import { pathOf } from './documents';
import { open, order, orderSaga } from './order-saga';
import { expect, test } from './stories';
import { own } from './world/own';

test('A call whose outcome nobody knows blocks the run, until somebody says what it gave', async ({
  api,
  otherSystem,
  page,
  run,
  runs,
}) => {
  const name = own('Blocked');
  // The carrier hangs up when it has heard everything: the shipment may be on its way.
  open(otherSystem, { hangsUp: 'shipments' });
  await api.publishedFlow(orderSaga(name, otherSystem.url));
  const runId = await api.callHook(pathOf(name), order);
  await api.untilRun(runId, 'blocked');

  await runs.open();
  await page.getByRole('button', { name: /blocked$/ }).click();
  await expect(page).toHaveURL(/status=blocked/);
  await runs.row(name).click();

  await expect(run.isIn('blocked')).toBeVisible();
  await expect(run.blocked).toContainText('nobody knows whether Ship order took effect');
  await expect(run.blocked).toContainText('Key sent');
  for (const decision of ['Try again with the same key', 'Skip it', 'Undo everything…', 'Terminate…']) {
    await expect(run.blocked.getByRole('button', { name: decision })).toBeVisible();
  }

  await run.decide('It happened: give the output');
  const dialog = page.getByRole('dialog', { name: 'Output of Ship order' });
  await dialog.getByRole('textbox', { name: 'Output' }).fill('{"status": 201, "body": {"id": ');
  await expect(dialog.getByRole('button', { name: 'Go on with this output' })).toBeDisabled();
  await dialog.getByRole('textbox', { name: 'Output' }).fill('{"status": 201, "body": {"id": "sh_by_phone"}}');
  await dialog.getByRole('button', { name: 'Go on with this output' }).click();

  await expect(run.isIn('succeeded')).toBeVisible();
  await run.choose('Say so');
  await expect(run.panel('Say so')).toContainText('sh_by_phone');
  await run.choose('Ship order');
  await expect(run.openedPanel).toContainText('sh_by_phone');
  await run.openTab('Journal');
  await expect(run.openedPanel).toContainText('You decided: Ship order happened, with the output that was given');
});

test('A decision is taken back before it is one, and focus returns to where it was', async ({
  api,
  otherSystem,
  page,
  run,
}) => {
  const name = own('Undecided');
  open(otherSystem, { hangsUp: 'shipments' });
  await api.publishedFlow(orderSaga(name, otherSystem.url));
  const runId = await api.callHook(pathOf(name), order);
  await api.untilRun(runId, 'blocked');
  await run.open(runId);

  await run.decide('Undo everything…');
  const sure = page.getByRole('alertdialog', { name: 'Undo everything this run completed?' });
  await expect(sure.getByRole('listitem')).toHaveText([/Charge card by Refund card/, /Reserve stock by Release stock/]);
  await page.keyboard.press('Escape');
  await expect(sure).toBeHidden();
  await expect(run.blocked.getByRole('button', { name: 'Undo everything…' })).toBeFocused();

  await run.decide('Undo everything…');
  await sure.getByRole('button', { name: 'Undo everything' }).click();
  await expect(run.isIn('compensated')).toBeVisible();
  await expect(run.drawn('Reserve stock', 'compensated')).toBeVisible();
});

test('Two retries of one run do not happen by accident, and a run past its pivot cannot be cancelled', async ({
  api,
  otherSystem,
  page,
  run,
}) => {
  const name = own('Twice');
  open(otherSystem, { refuses: 'shipments' });
  const document = orderSaga(name, otherSystem.url);
  // Whatever was charged stays charged: from there the run only goes forward.
  await api.publishedFlow({
    ...document,
    steps: document.steps
      .filter(({ id }) => id !== 'refund')
      .map((step) => (step.id === 'charge' ? { ...step, pivot: true } : step)),
    edges: document.edges.filter(({ to }) => to !== 'refund'),
  });
  const first = await api.callHook(pathOf(name), order);
  await api.untilRun(first, 'blocked');
  await run.open(first);
  await expect(run.blocked).toContainText('Ship order failed past the pivot');
  await run.decide('Terminate…');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Terminate run' }).click();
  await expect(run.isIn('terminated')).toBeVisible();

  open(otherSystem);
  const letGo = otherSystem.hold(({ path }) => path === '/shipments');
  await run.retry.click();
  await expect(run.group('Reused')).toContainText('Charge card');
  await run.startAgain.click();
  await expect(run.drawn('Ship order', 'running')).toBeVisible();
  await run.choose('Charge card');
  await expect(run.panel('Charge card')).toContainText('output taken over from run');

  await page.getByRole('button', { name: 'Cancel…' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel run' }).click();
  await expect(page.getByRole('alertdialog').getByRole('alert')).toContainText('it can only go forward');
  await page.keyboard.press('Escape');

  await run.retryOf.click();
  await expect(run.isIn('terminated')).toBeVisible();
  await run.retry.click();
  await run.startAgain.click();
  await expect(run.again.getByRole('alert')).toContainText('another run that came from this one still goes on');
  await page.keyboard.press('Escape');

  await run.retriedAs.click();
  letGo();
  await expect(run.isIn('succeeded')).toBeVisible();
});

test('A run is done again from one step, on what is live now, with other data', async ({
  api,
  otherSystem,
  page,
  run,
}) => {
  const name = own('Rerun');
  open(otherSystem, { refuses: 'shipments' });
  const flowId = await api.publishedFlow(orderSaga(name, otherSystem.url));
  const first = await api.callHook(pathOf(name), order);
  await api.untilRun(first, 'compensated');

  // Version 2 says more; the carrier wants another zip code.
  await api.saveOver(flowId, (document) => ({
    ...document,
    steps: document.steps.map((step) =>
      step.id === 'done'
        ? { ...step, name: 'Tell the customer', config: { output: { told: '{{ steps.ship.output.body.id }}' } } }
        : step,
    ),
  }));
  await api.publish(flowId);
  open(otherSystem);

  await run.open(first);
  await run.choose('Ship order');
  await run.panel('Ship order').getByRole('button', { name: 'Rerun from here…' }).click();
  await expect(run.group('Executed again')).toContainText('Ship order');
  await page.keyboard.press('Escape');
  await expect(run.again).toBeHidden();
  await expect(run.panel('Ship order').getByRole('button', { name: 'Rerun from here…' })).toBeFocused();

  await page.keyboard.press('Enter');
  await run.pick('Version', 'Live, v2');
  await expect(run.group('Executed again')).toContainText('Tell the customer');
  await run.again.getByRole('radio', { name: 'Other data' }).click();
  const data = run.again.getByRole('textbox', { name: 'Data' });
  await data.fill((await data.inputValue()).replace('3999', '8000'));
  await run.startAgain.click();

  await expect(run.isIn('succeeded')).toBeVisible();
  await expect(run.drawn('Tell the customer', 'succeeded')).toBeVisible();
  expect(otherSystem.received.findLast(({ path }) => path === '/shipments')?.body).toContain('8000');
});
