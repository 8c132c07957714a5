/** Whoever is on call finds what went wrong without searching. */
import { callsOut, pathOf } from './documents';
import { expect, test } from './stories';
import { own } from './world/own';

test('A failing step is found in two clicks: the runs, then the run', async ({
  api,
  designer,
  frame,
  otherSystem,
  page,
  run,
  runs,
}) => {
  const name = own('Fails');
  otherSystem.answers({ status: 422, body: { code: 'undeliverable', message: 'No carrier serves 3999 DK' } });
  const flowId = await api.publishedFlow(callsOut(name, otherSystem.url));
  const runId = await api.callHook(pathOf(name), { id: 'SO-3', amount: 42 });
  await api.untilRun(runId, 'failed');
  await designer.open(flowId);

  await frame.go('Runs');
  await runs.row(name).click();

  await expect(page).toHaveURL(new RegExp(`/runs/${runId}`));
  await expect(run.isIn('failed')).toBeVisible();
  await expect(run.drawn('Charge card', 'failed')).toBeVisible();
  const step = run.panel('Charge card');
  await expect(step).toContainText('422');
  await expect(step).toContainText('No carrier serves 3999 DK');
  await expect(step).toContainText(`POST ${otherSystem.url}/charges`);
  await expect(step).toContainText('"SO-3"');
  await expect(run.attempts.getByRole('button')).toHaveCount(1);
});

test('Among runs that went well the failed one is one filter away', async ({ api, otherSystem, page, run, runs }) => {
  const name = own('Mostly fine');
  otherSystem.answers(({ body }) =>
    body.includes('SO-5') ? { status: 503, body: 'try later' } : { status: 200, body: { id: 'ch' } },
  );
  const flowId = await api.publishedFlow(callsOut(name, otherSystem.url));
  for (const id of ['SO-4', 'SO-5', 'SO-6']) {
    const runId = await api.callHook(pathOf(name), { id, amount: 1 });
    await api.untilRun(runId, id === 'SO-5' ? 'failed' : 'succeeded');
  }
  await runs.open(flowId);
  await expect(runs.rows).toHaveCount(3);

  await runs.filterByStatus('failed');
  await expect(runs.rows).toHaveCount(1);
  await expect(runs.row(name)).toContainText('503');
  await expect(page).toHaveURL(/status=failed/);

  await runs.row(name).click();
  await expect(run.panel('Charge card')).toContainText('503');
  await expect(run.attempts.getByRole('button')).toHaveCount(2);
});
