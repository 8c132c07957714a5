/** A flow hands a part of its work to another flow, and whoever looks at one run finds the other. */
import { callsFlow, pathOf, ships } from './documents';
import { expect, test } from './stories';
import { own } from './world/own';

test('A flow is chosen to be called, and its run is one key away while it works', async ({
  api,
  designer,
  otherSystem,
  run,
}) => {
  const shipping = own('Shipping');
  const orders = own('Orders');
  otherSystem.answers({ status: 200, body: {} });
  const letGo = otherSystem.hold();
  await api.publishedFlow(ships(shipping, otherSystem.url));
  const flowId = await api.createFlow(callsFlow(orders));

  await designer.open(flowId, { step: 'handOver' });
  await expect(designer.problemCount).toBeVisible();
  await designer.chooseFlow(shipping);
  await expect(designer.step(shipping)).toBeVisible();
  await expect(designer.inspector.getByRole('link', { name: `Open ${shipping}` })).toBeVisible();
  await expect(designer.problemCount).toBeHidden();
  await designer.untilSaved();
  await designer.publish();

  const parentId = await api.callHook(pathOf(orders), { id: 'SO-7' });
  await run.open(parentId);
  await expect(run.isIn('waiting')).toBeVisible();
  await expect(run.relative(shipping)).toContainText('running');
  await run.relative(orders).focus();
  await run.page.keyboard.press('ArrowDown');
  await expect(run.relative(shipping)).toBeFocused();
  await run.page.keyboard.press('Enter');
  await expect(run.drawn('Ship it', 'running')).toBeVisible();
  await expect(run.relative(orders)).toContainText('waiting');

  letGo();
  await expect(run.isIn('succeeded')).toBeVisible();
  await expect(run.relative(orders)).toContainText('succeeded');
  await run.relative(orders).getByRole('link', { name: orders }).click();
  await expect(run.isIn('succeeded')).toBeVisible();
  await run.choose(shipping);
  await expect(run.panel(shipping)).toContainText('parcel for SO-7');
});

test('Cancelling a run cancels the run that it waits for, and both pages say so', async ({ api, otherSystem, run }) => {
  const shipping = own('Slow shipping');
  const orders = own('Impatient orders');
  otherSystem.answers({ status: 200, body: {} });
  const letGo = otherSystem.hold();
  await api.publishedFlow(ships(shipping, otherSystem.url));
  await api.publishedFlow(callsFlow(orders, shipping));
  await run.open(await api.callHook(pathOf(orders), { id: 'SO-8' }));
  await expect(run.relative(shipping)).toContainText('running');

  await run.cancel();
  await expect(run.sentence).toContainText('asked the run it started to stop');
  letGo();
  await expect(run.isIn('cancelled')).toBeVisible();
  await expect(run.relative(shipping)).toContainText('cancelled');
  await run.relative(shipping).getByRole('link', { name: shipping }).click();
  await expect(run.drawn('Ship it', 'succeeded')).toBeVisible();
  await expect(run.isIn('cancelled')).toBeVisible();
});

test('A call of a flow that is not there stops publishing, where it stands', async ({ api, designer }) => {
  const flowId = await api.createFlow(callsFlow(own('Lonely'), 'Nobody at all'));
  await designer.open(flowId, { step: 'handOver', drawer: 'problems' });
  await expect(designer.problemCount).toBeVisible();
  await expect(designer.problems).toContainText('There is no flow with the id or name "Nobody at all"');
});
