/** An order that cannot be shipped is undone before one's eyes, and shipped once the carrier is back. */
import { pathOf } from './documents';
import { open, order, orderSaga, undoes } from './order-saga';
import { expect, test } from './stories';
import { own } from './world/own';

test('A saga whose third service fails climbs back, and its retry succeeds once the service is mended', async ({
  api,
  designer,
  flows,
  otherSystem,
  page,
  run,
}) => {
  const name = own('Order saga');
  await flows.open();
  await flows.importText(JSON.stringify(orderSaga(name, otherSystem.url)));
  await expect(designer.step('Ship order')).toBeVisible();
  await designer.untilSaved();
  await designer.publish();
  const flowId = designer.flowId;

  open(otherSystem, { refuses: 'shipments' });
  const letGo = otherSystem.hold();
  const first = await api.callHook(pathOf(name), order);
  await run.open(first);
  await expect(run.drawn('Reserve stock', 'running')).toBeVisible();

  const letUndo = otherSystem.hold(undoes);
  letGo();
  await expect(run.isIn('compensating')).toBeVisible();
  await expect(run.drawn('Refund card', 'running')).toBeVisible();
  await expect(run.drawn('Charge card', 'compensating')).toBeVisible();
  await expect(run.sentence).toContainText('Now undoing Charge card');
  letUndo();
  await expect(run.isIn('compensated')).toBeVisible();
  for (const step of ['Refund card', 'Release stock']) await expect(run.drawn(step, 'succeeded')).toBeVisible();
  await expect(run.drawn('Charge card', 'compensated')).toBeVisible();
  await expect(run.drawn('Reserve stock', 'compensated')).toBeVisible();
  await expect(run.drawn('Ship order', 'failed')).toBeVisible();
  await expect(run.sentence).toContainText('Compensated because Ship order failed');
  await expect(run.panel('Ship order')).toContainText('No carrier serves 3999');
  expect(otherSystem.received.filter(undoes).map(({ path }) => path)).toEqual([
    '/charges/cha/refund',
    '/reservations/res',
  ]);

  open(otherSystem);
  await run.retry.click();
  await expect(run.group('Executed again')).toContainText('Ship order');
  await expect(run.group('Executed again')).toContainText('was compensated');
  await expect(run.group('Reused')).toContainText('the same event');
  await expect(run.drawn('Ship order', 'pending')).toBeVisible();
  expect(await api.runsOf(flowId), 'nothing starts before it is said so').toHaveLength(1);
  await run.startAgain.click();

  await expect(page).not.toHaveURL(new RegExp(first));
  await expect(run.isIn('succeeded')).toBeVisible();
  await expect(run.drawn('Ship order', 'succeeded')).toBeVisible();
  await run.retryOf.click();
  await expect(page).toHaveURL(new RegExp(`/runs/${first}`));
  await expect(run.isIn('compensated')).toBeVisible();
  await run.retriedAs.click();
  await expect(run.isIn('succeeded')).toBeVisible();
});
