/** Code and schemas in a flow: written with the real data at hand, refused while they are wrong, readable when they ran. */
import type { FlowDocument } from '@/core/flow/document';
import { pathOf } from './documents';
import { expect, test } from './stories';
import { own } from './world/own';

/** Webhook → Validate → Code. */
const priced = (name: string): FlowDocument => ({
  headrace: 1,
  name,
  steps: [
    {
      id: 'received',
      kind: 'trigger.webhook',
      name: 'Order received',
      config: { path: pathOf(name) },
    },
    {
      id: 'checked',
      kind: 'data.validate',
      name: 'Check it',
      config: { data: '{{ event.data.body }}', schema: { type: 'object', required: ['lines'] } },
    },
    {
      id: 'total',
      kind: 'code.run',
      name: 'Total',
      config: { input: '{{ steps.checked.output }}', source: 'export default (input) => input.lines.length;\n' },
    },
  ],
  edges: [
    { from: 'received', to: 'checked' },
    { from: 'checked', to: 'total' },
  ],
  canvas: { steps: { received: { x: 0, y: 0 }, checked: { x: 0, y: 120 }, total: { x: 0, y: 240 } } },
});

const lines = [
  { price: 20, quantity: 2 },
  { price: 2, quantity: 1 },
];

const typed = `interface Order {
  lines: { price: number; quantity: number }[];
}

export default function (order: Order) {
  console.log('lines', order.lines.length);
  return { total: order.lines.reduce((sum, line) => sum + line.price * line.quantity, 0) };
}
`;

test('Code is written against the data of the last run, and says in which line it is wrong', async ({
  api,
  designer,
  page,
}) => {
  const name = own('Totals');
  const flowId = await api.publishedFlow(priced(name));
  await api.untilRun(await api.callHook(pathOf(name), { lines }), 'succeeded');

  await designer.open(flowId, { step: 'total' });
  await expect(designer.inputType).toContainText('quantity: number;');

  await designer.writeCode('export default (order) => order.lines[0].');
  await expect(page.getByRole('option', { name: /^price/ })).toBeVisible();
  await page.getByRole('option', { name: /^quantity/ }).click();
  await page.keyboard.type(' *;');
  await expect(designer.code).toContainText('order.lines[0].quantity *;');
  await expect(designer.problemCount).toContainText('1 problem');
  await expect(designer.inspector).toContainText(/Line 1, column \d+: Unexpected token/);

  await designer.writeCode(typed);
  await expect(designer.problemCount).toBeHidden();
  await designer.inspector.getByRole('button', { name: 'Open large' }).click();
  const large = page.getByRole('dialog', { name: 'Code of Total' });
  await expect(large.getByRole('textbox', { name: 'Code' })).toContainText('order.lines.reduce');
  await large.getByRole('button', { name: 'Done' }).click();
  await designer.untilSaved();
  await designer.publish();
});

test('The editor can be entered and left with the keyboard', async ({ api, designer, page }) => {
  const flowId = await api.publishedFlow(priced(own('Keys')));
  await designer.open(flowId, { step: 'total' });
  await designer.code.click();
  await page.keyboard.press('Tab');
  await expect(designer.code).toBeFocused();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  await expect(designer.code).not.toBeFocused();
});

test('A run shows what code gave and printed, or the line where it threw', async ({ api, run }) => {
  const name = own('Runs code');
  const document = priced(name);
  const steps = document.steps.map((step) =>
    step.id === 'total' ? { ...step, config: { ...step.config, source: typed } } : step,
  );
  await api.publishedFlow({ ...document, steps });

  const good = await api.callHook(pathOf(name), { lines });
  await api.untilRun(good, 'succeeded');
  await run.open(good);
  await run.choose('Total');
  await expect(run.panel('Total')).toContainText('"total": 42');
  await run.openTab('Printed');
  await expect(run.openedPanel).toContainText('lines 2');

  const bad = await api.callHook(pathOf(name), { lines: [null] });
  await api.untilRun(bad, 'failed');
  await run.open(bad);
  await expect(run.panel('Total')).toContainText('TypeError');
  await expect(run.panel('Total')).toContainText('line 7');
  await run.openTab('Printed');
  await expect(run.openedPanel).toContainText('lines 1');

  const invalid = await api.callHook(pathOf(name), { id: 'no lines' });
  await api.untilRun(invalid, 'failed');
  await run.open(invalid);
  await expect(run.panel('Check it')).toContainText('The data does not fit its schema');
  await expect(run.panel('Check it')).toContainText('/lines');
});
