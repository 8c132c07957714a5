/** A flow asks a person: in the inbox, by a link, and while others stand in line behind the one that waits. */
import type { FlowDocument } from '@/core/flow/document';
import type { JsonObject } from '@/core/json';
import { pathOf } from './documents';
import { LinkedApprovalPage } from './pages/approvals-page';
import { expect, nobody, test } from './stories';
import { own } from './world/own';

//   received → agreed → ship
const orders = (name: string, shipTo: string, config: JsonObject = {}): FlowDocument => ({
  headrace: 1,
  name,
  steps: [
    { id: 'received', kind: 'trigger.webhook', name: 'Order received', config: { path: pathOf(name) } },
    {
      id: 'agreed',
      kind: 'human.approval',
      name: 'Agree to ship',
      config: { title: `Ship {{ event.data.body.id }} of ${name}?`, ...config },
    },
    {
      id: 'ship',
      kind: 'http.request',
      name: 'Ship order',
      config: { method: 'POST', url: `${shipTo}/shipments`, body: { order: '{{ event.data.body.id }}' } },
    },
  ],
  edges: [
    { from: 'received', to: 'agreed' },
    { from: 'agreed', to: 'ship' },
  ],
  settings: { lane: { key: '{{ event.data.body.customer }}' } },
});

test('An order that waits for an answer is released by a link, while its lane holds the next one back', async ({
  api,
  approvals,
  browser,
  otherSystem,
  run,
}) => {
  const name = own('Orders');
  await api.publishedFlow(orders(name, otherSystem.url));
  const first = await api.callHook(pathOf(name), { id: 'SO-1', customer: name });
  await api.untilRun(first, 'waiting');
  const second = await api.callHook(pathOf(name), { id: 'SO-2', customer: name });

  await run.open(second);
  await expect(run.page.getByText(`Waits for run ${first}`)).toBeVisible();
  await approvals.open();
  await expect(approvals.row(`Ship SO-1 of ${name}?`)).toBeVisible();
  await expect(approvals.row(`Ship SO-2 of ${name}?`)).toHaveCount(0);
  await approvals.choose(`Ship SO-1 of ${name}?`);
  const link = await approvals.makeLink();

  const elsewhere = await browser.newContext({ storageState: nobody });
  const linked = new LinkedApprovalPage(await elsewhere.newPage());
  expect(await linked.open(link)).toBe(200);
  await expect(linked.question).toHaveText(`Ship SO-1 of ${name}?`);
  expect(otherSystem.received).toEqual([]);
  await linked.page.getByRole('textbox', { name: /^Comment/ }).fill('By phone');
  await linked.approve.click();
  await expect(linked.question).toHaveText('You approved');
  expect(await linked.open(link)).toBe(410);
  await elsewhere.close();

  await api.untilRun(first, 'succeeded');
  expect(otherSystem.received.map(({ body }) => body)).toEqual(['{"order":"SO-1"}']);
  await expect(approvals.answer).toContainText('by somebody with a link');
  await expect(approvals.answer).toContainText('By phone');
  await api.untilRun(second, 'waiting');
  await expect(approvals.row(`Ship SO-2 of ${name}?`)).toBeVisible();
});

test('A form is filled in, corrected and confirmed by keyboard alone, and the run goes on with it', async ({
  api,
  approvals,
  otherSystem,
  page,
  run,
}) => {
  const name = own('Refunds');
  const form = {
    type: 'object',
    required: ['amount'],
    properties: {
      amount: { type: 'number', minimum: 10, title: 'Amount' },
      tell: { type: 'boolean', title: 'Tell them' },
    },
  };
  await api.publishedFlow(orders(name, otherSystem.url, { form, waitMs: 3_600_000 }));
  const runId = await api.callHook(pathOf(name), { id: 'SO-3', customer: name });
  await api.untilRun(runId, 'waiting');

  await run.open(runId);
  await page.getByRole('link', { name: 'Answer…' }).click();
  const amount = approvals.panel.getByRole('textbox', { name: 'Amount' });
  await amount.focus();
  await page.keyboard.press('Enter');
  await expect(amount).toHaveAccessibleDescription(/required/);
  await expect(amount).toBeFocused();
  await page.keyboard.type('5');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await amount.focus();
  await page.keyboard.press('Enter');
  await expect(approvals.panel.getByRole('button', { name: 'Yes, approve' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(amount).toHaveAccessibleDescription(/>= 10/);
  await amount.fill('12');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await expect(approvals.answer).toContainText('"amount": 12');

  await api.untilRun(runId, 'succeeded');
  await run.open(runId);
  await run.choose('Agree to ship');
  await expect(page.getByRole('region', { name: 'What was asked' })).toContainText('by Ines Marek, in the browser');
});

test('Somebody who answers second is told who was first', async ({ api, approvals, otherSystem }) => {
  const name = own('Twice');
  await api.publishedFlow(orders(name, otherSystem.url));
  const runId = await api.callHook(pathOf(name), { id: 'SO-4', customer: name });
  await api.untilRun(runId, 'waiting');
  await approvals.open();
  await approvals.choose(`Ship SO-4 of ${name}?`);
  await approvals.comment.fill('Too dear');
  await approvals.reject.click();
  await api.answerStep(runId, 'agreed');
  await expect(approvals.panel).toContainText('Somebody was there first');
  await expect(approvals.answer).toContainText('by the REST API');
  await api.untilRun(runId, 'succeeded');
});
