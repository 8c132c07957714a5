/** Every line of an order: drawn as a loop, followed line by line, and found again where one of them failed. */
import type { FlowDocument, FlowStep } from '@/core/flow/document';
import { pathOf } from './documents';
import { expect, test } from './stories';
import type { OtherSystem, ReceivedCall, Reply } from './world/other-system';
import { own } from './world/own';

const retry = { attempts: 1 } as const;

/** What is done for one line; the step that undoes it hangs on the first. */
const lineSteps = (url: string): FlowStep[] => [
  {
    id: 'reserve',
    kind: 'http.request',
    name: 'Reserve stock',
    config: { method: 'POST', url: `${url}/reservations`, body: { sku: '{{ item.sku }}' } },
    retry,
  },
  {
    id: 'release',
    kind: 'http.request',
    name: 'Release stock',
    config: { method: 'DELETE', url: `${url}/reservations/{{ steps.reserve.output.body.id }}` },
    retry,
  },
  {
    id: 'charge',
    kind: 'http.request',
    name: 'Charge card',
    config: { method: 'POST', url: `${url}/charges`, body: { sku: '{{ item.sku }}', line: '{{ index }}' } },
    retry,
  },
];

const lineEdges = [
  { from: 'reserve', to: 'charge' },
  { from: 'reserve', port: 'compensate', to: 'release' },
];

/** Order placed → Reserve stock → Charge card → Report, and a step beside them that nobody wired yet. */
const undrawn = (name: string, url: string): FlowDocument => ({
  headrace: 1,
  name,
  steps: [
    { id: 'placed', kind: 'trigger.webhook', name: 'Order placed', config: { path: pathOf(name) } },
    ...lineSteps(url),
    { id: 'note', kind: 'data.transform', name: 'Note it', config: { output: '{{ item.sku }}' } },
    { id: 'report', kind: 'data.transform', name: 'Report', config: { output: 1 } },
  ],
  edges: [{ from: 'placed', to: 'reserve' }, ...lineEdges, { from: 'charge', to: 'report' }],
  canvas: {
    steps: {
      placed: { x: 340, y: 0 },
      reserve: { x: 340, y: 120 },
      release: { x: 20, y: 120 },
      charge: { x: 340, y: 240 },
      note: { x: 720, y: 120 },
      report: { x: 340, y: 360 },
    },
  },
});

/** The same as a loop, drawn already. */
const drawn = (
  name: string,
  url: string,
  config: { onError: 'stop' | 'continue'; concurrency: number },
): FlowDocument => ({
  headrace: 1,
  name,
  steps: [
    { id: 'placed', kind: 'trigger.webhook', name: 'Order placed', config: { path: pathOf(name) } },
    {
      id: 'lines',
      kind: 'logic.forEach',
      name: 'Order lines',
      config: { items: '{{ event.data.body.lines }}', ...config },
    },
    ...lineSteps(url).map((step) => ({ ...step, in: 'lines' })),
  ],
  edges: [{ from: 'placed', to: 'lines' }, ...lineEdges],
});

const order = (count: number, unknown: number) => ({
  lines: Array.from({ length: count }, (_, index) => ({ sku: index === unknown ? 'NO-SUCH' : `SKU-${index}` })),
});

const isCharge = ({ path }: ReceivedCall): boolean => path === '/charges';
const undoes = ({ method }: ReceivedCall): boolean => method === 'DELETE';

/** Stock for everything; a card is not charged for what nobody knows. */
function sells(system: OtherSystem): void {
  system.answers(
    (received): Reply =>
      isCharge(received) && received.body.includes('NO-SUCH')
        ? { status: 422, body: { message: 'no such article' } }
        : { status: 200, body: { id: 'R-1' } },
  );
}

test('A loop is drawn around steps, runs over 25 lines, and the one that failed is found and read', async ({
  api,
  designer,
  otherSystem,
  page,
  run,
}) => {
  const name = own('Lines');
  sells(otherSystem);
  const flowId = await api.createFlow(undrawn(name, otherSystem.url));
  const membersOf = async (): Promise<string[]> =>
    (await api.flow(flowId)).document.steps.flatMap((step) => (step.in === undefined ? [] : [step.id])).sort();
  await designer.open(flowId);
  await designer.giveSample(JSON.stringify(order(3, 1)));

  await test.step('selected steps are put into a loop by a key, what undoes them goes along, and it can be undone', async () => {
    await designer.select('Reserve stock');
    await designer.step('Charge card').click({ position: { x: 40, y: 12 }, modifiers: ['Shift'] });
    await page.keyboard.press('Shift+L');
    await designer.stepName.fill('Order lines');
    await expect(designer.wire('Order placed', 'Order lines')).toBeVisible();
    await expect(designer.wire('Order lines', 'Report')).toBeVisible();
    await expect.poll(membersOf).toEqual(['charge', 'release', 'reserve']);
    await expect(designer.step('Order lines')).toContainText(
      'for each {lines}, 5 at a time, stops at the first failure',
    );
  });

  await test.step('its form says how many items there are, and what follows from a failure', async () => {
    await designer.field('Items').fill('event.data.body.lines');
    await expect(designer.inspector).toContainText('3 items in the sample');
    // The preview of the field folds up meanwhile; the click lands all the same.
    await designer.inspector.getByRole('radio', { name: 'Go on' }).click();
    await expect(designer.step('Order lines')).toContainText('goes on after failures');
  });

  await test.step('inside, expressions are previewed with an item of one’s choice', async () => {
    await designer.select('Charge card');
    await expect(designer.inspector).toContainText('item 0 of 3');
    await expect(designer.inspector).toContainText('gives SKU-0');
    await designer.inspector.getByRole('button', { name: 'Next item of Order lines' }).click();
    await expect(designer.inspector).toContainText('gives NO-SUCH');
  });

  await test.step('a step is dragged in, and out again by undo', async () => {
    await designer.dragStep('Note it', 'Order lines', { x: 110, y: 165 });
    await expect.poll(membersOf).toEqual(['charge', 'note', 'release', 'reserve']);
    await page.keyboard.press('ControlOrMeta+z');
    await expect.poll(membersOf).toEqual(['charge', 'release', 'reserve']);
    await designer.select('Note it');
    await page.keyboard.press('Delete');
  });

  await designer.publish();
  const runId = await api.callHook(pathOf(name), order(25, 21));
  await run.open(runId);
  await expect(run.isIn('succeeded')).toBeVisible();

  await test.step('the drawing counts the iterations, the timeline has one row for all of them', async () => {
    await expect(run.drawn('Order lines', 'succeeded, 24 succeeded, 1 failed and undone of 25')).toBeVisible();
    await expect(run.drawn('Charge card', 'failed in 1 and succeeded in 24')).toBeVisible();
    await expect(run.timeline).toContainText('25 of 25');
    await expect(run.timeline.getByRole('button', { name: 'Charge card' })).toBeHidden();
  });

  await test.step('pages of iterations lead to the one that failed', async () => {
    await run.choose('Order lines');
    await expect(run.panel('Order lines')).toContainText('24 succeeded');
    await expect(run.iteration(0)).toBeVisible();
    await expect(run.iteration(21)).toBeHidden();
    await page.getByRole('button', { name: 'The next page' }).click();
    await expect(run.iteration(21)).toContainText('failed and undone');
    await run.iteration(20).click();
    await page.keyboard.press('ArrowDown');
    await expect(page).toHaveURL(/path=forEach(%5B|\[)21/);
    await expect(run.iteration(21)).toBeFocused();
    await expect(run.chosenIteration(21)).toContainText('NO-SUCH');
    await expect(run.drawn('Charge card', 'failed')).toBeVisible();
    await expect(run.drawn('Reserve stock', 'compensated')).toBeVisible();
  });

  await test.step('its step says what was wrong, and the iteration beside it is a press away', async () => {
    await page.keyboard.press('Enter');
    await expect(run.panel('Charge card')).toContainText('no such article');
    await expect(run.panel('Charge card')).toContainText(':forEach[21]/charge:forward:0');
    await expect(run.crumbs).toContainText('iteration 21 of 25');
    await run.openTab('Journal');
    await expect(run.openedPanel).toContainText('Iteration 21 of Order lines: Attempt 1 of Charge card failed');
    await run.crumbs.getByRole('button', { name: 'The next iteration' }).click();
    await expect(run.panel('Charge card')).toContainText('SKU-22');
    await expect(run.drawn('Charge card', 'succeeded')).toBeVisible();
    await page.reload();
    await expect(run.crumbs).toContainText('iteration 22 of 25');
    await run.crumbs.getByRole('button', { name: 'Order lines' }).click();
    await run.chosenIteration(22).getByRole('button', { name: 'All iterations' }).click();
    await expect(run.drawn('Charge card', 'failed in 1 and succeeded in 24')).toBeVisible();
    await page.getByRole('button', { name: 'The one that failed' }).click();
    await expect(run.chosenIteration(21)).toBeVisible();
  });
  await api.deleteFlow(flowId);
});

test('A loop that stops undoes its iterations, and opens at the one it stopped for', async ({
  api,
  otherSystem,
  run,
}) => {
  const name = own('Stops');
  sells(otherSystem);
  const flowId = await api.publishedFlow(drawn(name, otherSystem.url, { onError: 'stop', concurrency: 1 }));
  const letGo = otherSystem.hold((received) => isCharge(received) && received.body.includes('SKU-2"'));
  const runId = await api.callHook(pathOf(name), order(9, 3));
  await run.open(runId);

  await test.step('while it goes on, the drawing counts along', async () => {
    await expect(run.drawn('Order lines', 'running, 2 succeeded, 1 under way, 6 not begun of 9')).toBeVisible();
    await expect(run.timeline).toContainText('2 of 9');
    letGo();
  });

  await test.step('the page opens at the failure, the others are undone', async () => {
    await expect(run.isIn('compensated')).toBeVisible();
    await expect(run.sentence).toContainText('Compensated because Charge card failed');
    await expect(run.sentence).toContainText('Iteration 3 of Order lines');
    await run.why.click();
    await expect(run.panel('Charge card')).toContainText('no such article');
    await expect(run.crumbs).toContainText('iteration 3 of 9');
    expect(otherSystem.received.filter(undoes)).toHaveLength(4);
    await run.choose('Order lines');
    await expect(run.panel('Order lines')).toContainText('3 succeeded and later undone');
    await expect(run.iteration(8)).toContainText('not begun');
  });
  await api.deleteFlow(flowId);
});

test('A retry takes over the iterations that stand, and says so before it starts', async ({
  api,
  otherSystem,
  page,
  run,
}) => {
  const name = own('Stands');
  sells(otherSystem);
  const document = drawn(name, otherSystem.url, { onError: 'stop', concurrency: 1 });
  const flowId = await api.publishedFlow({
    ...document,
    steps: document.steps.filter(({ id }) => id !== 'release'),
    edges: document.edges.filter(({ to }) => to !== 'release'),
  });
  const first = await api.callHook(pathOf(name), order(6, 4));
  await run.open(first);
  await expect(run.isIn('failed')).toBeVisible();
  otherSystem.answers({ status: 200, body: { id: 'R-2' } });
  const before = otherSystem.received.length;
  await run.retry.click();
  await expect(run.group('Executed again')).toContainText('4 iterations stand, 1 goes on where it was');
  await run.startAgain.click();
  await expect(page).not.toHaveURL(new RegExp(first));
  await expect(run.isIn('succeeded')).toBeVisible();
  expect(otherSystem.received.slice(before).map(({ path }) => path)).toEqual(['/charges', '/reservations', '/charges']);
  await api.deleteFlow(flowId);
});

test('What is not known in one iteration is decided there, and the loop goes on', async ({ api, otherSystem, run }) => {
  const name = own('Unknown line');
  otherSystem.answers(
    (received): Reply =>
      isCharge(received) && received.body.includes('SKU-1"') ? 'hangsUp' : { status: 200, body: { id: 'R-1' } },
  );
  const flowId = await api.publishedFlow(drawn(name, otherSystem.url, { onError: 'stop', concurrency: 2 }));
  await run.open(await api.callHook(pathOf(name), order(4, -1)));
  await expect(run.isIn('blocked')).toBeVisible();
  await expect(run.blocked).toContainText('whether Charge card in iteration 1 of Order lines took effect');
  await expect(run.crumbs).toContainText('iteration 1 of 4');
  await expect(run.drawn('Charge card', 'unknown')).toBeVisible();
  await run.decide('Skip it');
  await expect(run.isIn('succeeded')).toBeVisible();
  await run.choose('Order lines');
  await expect(run.panel('Order lines')).toContainText('4 succeeded');
  await api.deleteFlow(flowId);
});
