/** Every screen by the measure of WCAG 2.2 AA, in both themes, as far as a program can tell. */

import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { flowExamples } from '@/core/flow/examples';
import { callsFlow, callsOut, inLine, pathOf, ships, twoSteps } from './documents';
import { open, order, orderSaga } from './order-saga';
import { expect, nobody, test } from './stories';
import { own } from './world/own';

const standard = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** All rules in the light theme; in the dark one those of colour, which is all that changes. */
async function expectAccessible(page: Page): Promise<void> {
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await expectNoFaults(page, new AxeBuilder({ page }).withTags(standard));
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  await expectNoFaults(page, new AxeBuilder({ page }).withRules(['color-contrast', 'link-in-text-block']));
}

async function expectNoFaults(page: Page, axe: AxeBuilder): Promise<void> {
  const { violations } = await axe.analyze();
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const told = grave.map(({ id, help, nodes }) => ({
    id,
    help,
    where: nodes.map(({ html, any, all }) => [html, [...any, ...all][0]?.message]),
  }));
  expect(told, `faults of ${page.url()}`).toEqual([]);
}

test('The flows are accessible, and the dialog that begins one', async ({ api, flows, page }) => {
  const name = own('Accessible');
  await api.publishedFlow(twoSteps(name));
  await flows.open();
  await expect(flows.row(name)).toBeVisible();
  await expectAccessible(page);
  await flows.newFlow.click();
  await expect(flows.newFlowDialog.getByRole('listitem').first()).toBeVisible();
  await expectAccessible(page);
});

test('The designer is accessible: with problems, with an open step, about to publish', async ({
  api,
  designer,
  page,
}) => {
  const document = twoSteps(own('Accessible designer'));
  const flowId = await api.createFlow({
    ...document,
    steps: [...document.steps, { id: 'broken', kind: 'data.transform', config: { output: '{{ event.( }}' } }],
  });
  await designer.open(flowId);
  await expect(designer.step('broken')).toHaveAccessibleName(/problem: /);
  await designer.showProblems();
  await expectAccessible(page);
  await designer.select('Order received');
  await expectAccessible(page);
  await designer.openPublishing();
  await expectAccessible(page);
});

test('The runs and a failed run are accessible', async ({ api, otherSystem, page, run, runs }) => {
  const name = own('Accessible run');
  otherSystem.answers({ status: 503, body: { message: 'try later' } });
  const flowId = await api.publishedFlow(callsOut(name, otherSystem.url));
  const runId = await api.callHook(pathOf(name), { id: 'SO-9', amount: 9 });
  await api.untilRun(runId, 'failed');
  await runs.open(flowId);
  await expect(runs.row(name)).toContainText('failed');
  await expectAccessible(page);

  await run.open(runId);
  await expect(run.drawn('Charge card', 'failed')).toBeVisible();
  await expectAccessible(page);
  await run.openTab('Attempts');
  await expectAccessible(page);
});

test('A loop is accessible: drawn, and its iterations in a run', async ({ api, designer, page, run }) => {
  const name = own('Accessible loop');
  const example = flowExamples.find(({ id }) => id === 'order-lines');
  const sample = example?.samples[0];
  if (example === undefined || sample?.type !== 'webhook') throw new Error('There is no example with a loop.');
  const steps = example.document.steps.map((step) =>
    step.kind === 'trigger.webhook' ? { ...step, config: { ...step.config, path: pathOf(name) } } : step,
  );
  const flowId = await api.publishedFlow({ ...example.document, name, steps });
  await designer.open(flowId, { step: 'lines' });
  await expect(designer.step('Lines')).toContainText('for each {lines}');
  await expectAccessible(page);
  await run.open(await api.callHook(pathOf(name), sample.body));
  await run.choose('Lines');
  await expect(run.iteration(1)).toContainText('failed and undone');
  await expectAccessible(page);
  await run.iteration(1).click();
  await expect(run.chosenIteration(1)).toContainText('DESK-1');
  await expectAccessible(page);
});

test('A blocked run is accessible, and doing a run again', async ({ api, otherSystem, page, run }) => {
  const name = own('Accessible saga');
  open(otherSystem, { hangsUp: 'shipments' });
  await api.publishedFlow(orderSaga(name, otherSystem.url));
  const runId = await api.callHook(pathOf(name), order);
  await api.untilRun(runId, 'blocked');
  await run.open(runId);
  await expect(run.drawn('Reserve stock', 'succeeded')).toBeVisible();
  await expectAccessible(page);
  await run.decide('It happened: give the output');
  await expect(page.getByRole('dialog', { name: 'Output of Ship order' })).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press('Escape');

  await run.decide('Undo everything…');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Undo everything' }).click();
  await expect(run.isIn('compensated')).toBeVisible();
  await expectAccessible(page);
  await run.rerun.click();
  await expect(run.group('Executed again')).toContainText('Ship order');
  await run.again.getByRole('radio', { name: 'Other data' }).click();
  await expectAccessible(page);
});

test('The approvals are accessible: the inbox, one with its form, and the page behind a link', async ({
  api,
  approvals,
  page,
}) => {
  const name = own('Accessible approval');
  const form = {
    type: 'object',
    required: ['amount'],
    properties: {
      amount: { type: 'number', title: 'Amount', description: 'In euros' },
      why: { enum: ['late', 'broken'] },
      parts: { type: 'array', items: { enum: ['box', 'cable'] } },
      tell: { type: 'boolean' },
      address: { type: 'object', properties: { street: { type: 'string' }, more: {} } },
    },
  };
  const document = twoSteps(name);
  const config = { title: `Refund ${name}?`, description: 'It came back.', form, waitMs: 600_000 };
  await api.publishedFlow({
    ...document,
    steps: document.steps.map((step) => (step.id === 'shaped' ? { ...step, kind: 'human.approval', config } : step)),
  });
  await api.untilRun(await api.callHook(pathOf(name), {}), 'waiting');
  await approvals.open();
  await expect(approvals.row(config.title)).toBeVisible();
  await expectAccessible(page);
  await approvals.choose(config.title);
  await approvals.approve.click();
  await expect(approvals.panel.getByText('This is required.')).toBeVisible();
  await expectAccessible(page);
  const link = await approvals.makeLink();
  await expectAccessible(page);

  await page.goto(link);
  await expectAccessible(page);
  await page.getByRole('textbox', { name: 'Amount' }).fill('none');
  await page.getByRole('button', { name: 'Approve' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await expectAccessible(page);
  await page.goto(link.slice(0, -1));
  await expectAccessible(page);
});

test('The settings are accessible', async ({ page, settings }) => {
  for (const tab of ['profile', 'api-keys', 'variables', 'secrets', 'workers', 'about'] as const) {
    await settings.open(tab);
    await settings.untilLoaded();
    await expectAccessible(page);
  }
});

test.describe('before signing in', () => {
  test.use({ storageState: nobody });

  test('The sign-in is accessible', async ({ page, signIn }) => {
    await signIn.open();
    await expectAccessible(page);
  });
});

test('A run with parents and children is accessible, and so is the choice of a flow', async ({
  api,
  designer,
  otherSystem,
  page,
  run,
}) => {
  const shipping = own('Accessible shipping');
  const orders = own('Accessible orders');
  await api.publishedFlow(ships(shipping, otherSystem.url));
  const flowId = await api.publishedFlow(callsFlow(orders, shipping));
  await run.open(await api.callHook(pathOf(orders), { id: 'SO-9' }));
  await expect(run.relative(shipping)).toBeVisible();
  await expectAccessible(page);
  await designer.open(flowId, { step: 'handOver' });
  await designer.inspector.getByRole('button', { name: 'Choose…' }).click();
  await expect(
    page.getByRole('dialog', { name: 'Choose a flow' }).getByRole('button', { name: shipping }),
  ).toBeVisible();
  await expectAccessible(page);
});

test('What stands in line is accessible, and a run that does', async ({ api, lanes, page, run }) => {
  const name = own('Accessible line');
  const flowId = await api.publishedFlow(inLine(name));
  await api.untilRun(await api.callHook(pathOf(name), { id: 'SO-9' }), 'waiting');
  const second = await api.callHook(pathOf(name), { id: 'SO-9' });
  await api.untilRun(second, 'waiting');
  await lanes.open(flowId);
  await expect(lanes.lane('SO-9')).toBeVisible();
  await expectAccessible(page);
  await run.open(second);
  await expect(page.getByRole('link', { name: 'Open that run' })).toBeVisible();
  await expectAccessible(page);
});
