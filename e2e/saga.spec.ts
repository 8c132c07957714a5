/** A saga is drawn by hand: steps go into a scope, what undoes them hangs on their left side, and all of it is undoable. */
import type { FlowDocument } from '@/core/flow/document';
import { flowExamples } from '@/core/flow/examples';
import { pathOf } from './documents';
import { expect, test } from './stories';
import { own } from './world/own';

const call = (id: string, name: string) => ({
  id,
  kind: 'http.request',
  name,
  config: { method: 'POST', url: `https://shop.example/${id}` },
});

/** Two calls and an empty scope beside them, nothing wired to the scope yet. */
const loose = (name: string): FlowDocument => ({
  headrace: 1,
  name,
  steps: [
    { id: 'placed', kind: 'trigger.webhook', name: 'Order placed', config: { path: pathOf(name) } },
    call('reserve', 'Reserve stock'),
    call('charge', 'Charge card'),
    { id: 'fulfil', kind: 'saga.scope', name: 'Fulfil' },
  ],
  edges: [
    { from: 'placed', to: 'reserve' },
    { from: 'reserve', to: 'charge' },
  ],
  canvas: {
    steps: {
      placed: { x: 0, y: 0 },
      reserve: { x: 0, y: 100 },
      charge: { x: 0, y: 200 },
      fulfil: { x: 340, y: 60, width: 420, height: 300 },
    },
  },
});

const membersOf = ({ steps }: FlowDocument): string[] =>
  steps.flatMap((step) => (step.in === 'fulfil' ? [step.id] : [])).sort();

test('Steps are dragged into a scope and out of it, each drag one step of undo', async ({ api, designer, page }) => {
  const flowId = await api.createFlow(loose(own('Scope')));
  const members = async (): Promise<string[]> => membersOf((await api.flow(flowId)).document);
  await designer.open(flowId);
  await expect(designer.step('Fulfil')).toContainText('Drag steps here');

  await test.step('into it: the wires that would cross its border go, and it says so', async () => {
    await designer.dragStep('Reserve stock', 'Fulfil', { x: 170, y: 80 });
    await expect.poll(members).toEqual(['reserve']);
    await expect(designer.wire('Order placed', 'Reserve stock')).toBeHidden();
    await expect(page.getByText('2 wires would have crossed the border of a scope and were removed.')).toBeVisible();
    await designer.dragStep('Charge card', 'Fulfil', { x: 170, y: 170 });
    await expect.poll(members).toEqual(['charge', 'reserve']);
  });

  await test.step('a box drawn inside selects its steps, and not the scope', async () => {
    await page.keyboard.press('Escape');
    await designer.drawBox('Fulfil', { x: 12, y: 48 }, { x: 300, y: 210 });
    await expect(designer.inspector.getByRole('heading', { name: '2 steps' })).toBeVisible();
    await page.keyboard.press('Escape');
  });

  await test.step('a small move stays inside, a large one leaves', async () => {
    await designer.dragStep('Charge card', 'Fulfil', { x: 180, y: 175 });
    await designer.untilSaved();
    await expect.poll(members).toEqual(['charge', 'reserve']);
    await designer.dragStep('Charge card', 'Order placed', { x: 90, y: 260 });
    await expect.poll(members).toEqual(['reserve']);
  });

  await test.step('undo takes back one drag after the other', async () => {
    await page.keyboard.press('ControlOrMeta+z');
    await expect.poll(members).toEqual(['charge', 'reserve']);
    for (let drags = 0; drags < 3; drags += 1) await page.keyboard.press('ControlOrMeta+z');
    await expect.poll(members).toEqual([]);
    await expect(designer.wire('Order placed', 'Reserve stock')).toBeVisible();
    await expect(designer.wire('Reserve stock', 'Charge card')).toBeVisible();
  });
  await api.deleteFlow(flowId);
});

test('What undoes a step is pulled out of its left side, and cannot be put on the way forward', async ({
  api,
  designer,
  page,
}) => {
  const flowId = await api.createFlow(loose(own('Undoing')));
  await designer.open(flowId);

  await test.step('released on the ground, the wire asks what undoes it, and offers no trigger', async () => {
    await designer.pullWire('Charge card', 'compensate', { x: -120, y: 30 });
    const search = page.getByRole('combobox', { name: 'What undoes it?' });
    await expect(search).toBeFocused();
    await expect(page.getByRole('dialog').getByRole('option', { name: 'Webhook' })).toBeHidden();
    await expect(page.getByRole('dialog').getByRole('option', { name: 'Saga scope' })).toBeHidden();
    await search.fill('http');
    await page.keyboard.press('Enter');
    await designer.stepName.fill('Refund card');
    await expect(designer.step('Refund card')).toHaveAccessibleName(/compensation/);
    await expect(designer.wireBy('Charge card', 'compensate', 'Refund card')).toBeVisible();
  });

  await test.step('a step of the way forward refuses to undo, and says why', async () => {
    await designer.pullWire('Charge card', 'compensate', 'Reserve stock');
    await expect(page.getByText(/That would be a loop|Reserve stock is on the way forward/).first()).toBeVisible();
    await designer.untilSaved();
    expect((await api.flow(flowId)).document.edges).toHaveLength(3);
  });
  await api.deleteFlow(flowId);
});

test('By keyboard: selected steps are put into a scope, with a point of no return, and taken out again', async ({
  api,
  designer,
  page,
}) => {
  const name = own('Keys');
  const flowId = await api.createFlow({ ...loose(name), steps: loose(name).steps.slice(0, 3) });
  const drawn = async (): Promise<FlowDocument> => (await api.flow(flowId)).document;
  await designer.open(flowId);

  await designer.select('Reserve stock');
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('ControlOrMeta+g');
  await designer.stepName.fill('Fulfil');
  await expect(designer.wire('Order placed', 'Fulfil')).toBeVisible();
  await expect(designer.wire('Reserve stock', 'Charge card')).toBeVisible();
  await expect.poll(async () => (await drawn()).steps.filter((step) => step.in !== undefined)).toHaveLength(2);

  await designer.openMenu('Charge card');
  await page.getByRole('menuitem', { name: 'Make it the point of no return' }).click();
  await expect(designer.step('Charge card')).toContainText('Pivot after Charge card, only forward');
  await expect(designer.inspector.getByRole('switch', { name: 'Point of no return' })).toBeChecked();

  await designer.openMenu('Fulfil');
  await page.getByRole('menuitem', { name: /^Dissolve, keep the steps/ }).click();
  await expect(designer.step('Fulfil')).toBeHidden();
  await expect(designer.wire('Order placed', 'Reserve stock')).toBeVisible();
  await page.keyboard.press('ControlOrMeta+z');
  await expect(designer.step('Fulfil')).toBeVisible();

  await designer.select('Fulfil');
  await page.keyboard.press('Delete');
  await expect(designer.step('Charge card')).toBeHidden();
  await page.keyboard.press('ControlOrMeta+z');
  await expect(designer.step('Charge card')).toContainText('Pivot after Charge card');
  await api.deleteFlow(flowId);
});

test('Problems of a saga stand on their cards, and the list leads to the wire', async ({ api, designer }) => {
  const document = loose(own('Wrong saga'));
  const steps = document.steps.map((step) => (step.id === 'reserve' ? { ...step, in: 'fulfil' } : step));
  const flowId = await api.createFlow({ ...document, steps });
  await designer.open(flowId);
  await designer.showProblems();
  await expect(designer.problems).toContainText('crosses the border of a scope');
  await designer.problems.getByRole('button', { name: '/edges/0' }).click();
  await expect(designer.wire('Order placed', 'Reserve stock')).toHaveClass(/selected/);
  await designer.canvas.focus();
  await designer.page.keyboard.press('Delete');
  await expect(designer.wire('Order placed', 'Reserve stock')).toBeHidden();
  await api.deleteFlow(flowId);
});

test('A saga that fails climbs back on the canvas, in order', async ({ api, run }) => {
  const name = own('Climb');
  const example = flowExamples.find(({ id }) => id === 'order-saga')?.document ?? loose(name);
  const steps = example.steps.map((step) =>
    step.kind === 'trigger.webhook' ? { ...step, config: { ...step.config, path: pathOf(name) } } : step,
  );
  const flowId = await api.publishedFlow({ ...example, name, steps });
  const order = { id: 'SO-7', sku: 'LAMP-2', quantity: 1, amount: 49.5, country: 'none' };
  expect((await api.hook(pathOf(name), order)).status).toBe(500);
  const runId = (await api.runsOf(flowId))[0]?.id ?? '';
  await run.open(runId);
  await expect(run.isIn('compensated')).toBeVisible();
  await expect(run.drawn('Take the payment', 'compensated')).toBeVisible();
  await expect(run.drawn('Reserve stock', 'compensated')).toBeVisible();
  await expect(run.drawn('Refund the payment', 'succeeded')).toContainText('1st');
  await expect(run.drawn('Release stock', 'succeeded')).toContainText('2nd');
  await expect(run.drawn('Ship the order', 'skipped')).toBeVisible();
  await api.deleteFlow(flowId);
});
