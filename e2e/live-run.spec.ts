/** What happens is seen while it happens, without a reload. */
import { execFileSync } from 'node:child_process';
import { callsOut, pathOf } from './documents';
import { expect, test } from './stories';
import { origin } from './world/installation';
import { own } from './world/own';

test('A run started with curl turns green on its open page by itself', async ({ api, otherSystem, run, runs }) => {
  const name = own('Live');
  otherSystem.answers({ status: 200, body: { id: 'ch_1' } });
  const letGo = otherSystem.hold();
  const flowId = await api.publishedFlow(callsOut(name, otherSystem.url));
  await runs.open(flowId);

  const url = `${origin()}/hooks/main/${pathOf(name)}`;
  const order = JSON.stringify({ id: 'SO-1', amount: 129.9 });
  execFileSync('curl', ['-sS', '--fail', '-X', 'POST', url, '-H', 'content-type: application/json', '-d', order]);
  await expect(runs.row(name)).toContainText('running');
  await runs.row(name).click();

  await expect(run.isIn('running')).toBeVisible();
  await expect(run.drawn('Order received', 'succeeded')).toBeVisible();
  await expect(run.drawn('Charge card', 'running')).toBeVisible();

  letGo();
  await expect(run.isIn('succeeded')).toBeVisible();
  await expect(run.drawn('Charge card', 'succeeded')).toBeVisible();
  await expect(run.drawn('Say so', 'succeeded')).toBeVisible();
  await run.choose('Say so');
  await expect(run.panel('Say so')).toContainText('ch_1');
});

test('The list of runs follows what happens', async ({ api, otherSystem, runs }) => {
  const name = own('Live list');
  otherSystem.answers({ status: 200, body: { id: 'ch_2' } });
  const letGo = otherSystem.hold();
  const flowId = await api.publishedFlow(callsOut(name, otherSystem.url));
  await runs.open(flowId);
  await api.callHook(pathOf(name), { id: 'SO-2', amount: 1 });
  await expect(runs.row(name)).toContainText('running');
  letGo();
  await expect(runs.row(name)).toContainText('succeeded');
});
