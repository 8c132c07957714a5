/** Runs that wait for their turn, told as whoever is on call meets them. */

import { inLine, pathOf } from './documents';
import { expect, test } from './stories';
import { own } from './world/own';

test('An order waits for the one before it, says so, and goes on when that one is cancelled', async ({
  api,
  lanes,
  page,
  run,
  runs,
}) => {
  const name = own('In line');
  const flowId = await api.publishedFlow(inLine(name));
  const first = await api.callHook(pathOf(name), { id: 'SO-1' });
  await api.untilRun(first, 'waiting');
  const second = await api.callHook(pathOf(name), { id: 'SO-1' });
  await api.untilRun(second, 'waiting');

  await lanes.open(flowId);
  await expect(lanes.lane('SO-1').getByRole('cell').nth(2)).toHaveText('1');
  await expect(lanes.limits.getByRole('row').filter({ hasText: name })).toContainText('0 of 2');

  // Without a mouse: the lane leads to the runs in it.
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(runs.row(name)).toHaveCount(2);
  await expect(runs.row(name).first()).toContainText('waits for run');

  await run.open(second);
  await expect(page.getByText(`Waits for run ${first}, which is before it in the lane "SO-1"`)).toBeVisible();
  await page.getByRole('link', { name: 'Open that run' }).click();
  await page.waitForURL(`**/runs/${first}`);
  await run.cancel();
  await api.untilRun(first, 'cancelled');

  await lanes.open(flowId);
  await expect(lanes.lane('SO-1').getByRole('cell').nth(2)).toHaveText('0');
  await expect(lanes.lane('SO-1')).toContainText('nobody waits');
});
