/** What is set once and used everywhere: keys, variables, secrets, and how the screens look to one person. */
import type { FlowDocument } from '@/core/flow/document';
import { pathOf, twoSteps } from './documents';
import { expect, test } from './stories';
import { own } from './world/own';

/** A name that expressions can write after `vars.`. */
const identifier = (name: string): string => pathOf(name).replaceAll('-', '_');

test('An API key is shown once, works, and is refused after it was revoked', async ({ api, page, settings }) => {
  const name = own('Order system');
  await settings.open('api-keys');
  const key = await settings.makeApiKey(name);
  expect(await api.statusWithKey(key)).toBe(200);

  await page.reload();
  await expect(settings.row(name)).toBeVisible();
  await expect(page.getByText(key)).toHaveCount(0);

  await settings.revokeApiKey(name);
  expect(await api.statusWithKey(key)).toBe(401);
});

test('A variable is read by a flow, and its new value from the next run on', async ({ api, page, run, settings }) => {
  const name = own('Currency');
  const variable = identifier(name);
  const document = twoSteps(name);
  await settings.open('variables');
  await settings.addVariable(variable, '{"currency": "EUR"}');
  const flowId = await api.publishedFlow({
    ...document,
    steps: document.steps.map((step) =>
      step.id === 'shaped' ? { ...step, config: { output: { in: `{{ vars.${variable}.currency }}` } } } : step,
    ),
  });
  const outputOf = async (runId: string): Promise<unknown> => {
    await api.untilRun(runId, 'succeeded');
    return (await api.runsOf(flowId)).find(({ id }) => id === runId)?.output;
  };
  expect(await outputOf(await api.callHook(pathOf(name), {}))).toEqual({ in: 'EUR' });

  await page.getByRole('button', { name: `Edit ${variable}` }).click();
  await settings.dialog.getByRole('textbox', { name: 'Value' }).fill('{"currency": "DKK"}');
  await settings.dialog.getByRole('button', { name: 'Save variable' }).click();
  await expect(settings.row(variable)).toContainText('DKK');
  const runId = await api.callHook(pathOf(name), {});
  expect(await outputOf(runId)).toEqual({ in: 'DKK' });
  await run.open(runId);
  await expect(run.panel('Shape it')).toContainText('DKK');
});

test('A secret reaches the system it is for and is seen nowhere else', async ({
  api,
  otherSystem,
  page,
  run,
  settings,
}) => {
  const name = own('Payments');
  const secret = identifier(name);
  const value = 'sk_live_7f3d0b5c21';
  otherSystem.answers(({ headers }) => ({ status: 200, body: { heard: headers.authorization ?? null } }));
  await settings.open('secrets');
  await settings.storeSecret(secret, value, otherSystem.url);
  await page.reload();
  await expect(settings.row(secret)).toContainText(otherSystem.url);
  await expect(page.getByText(value)).toHaveCount(0);

  const document: FlowDocument = {
    headrace: 1,
    name,
    steps: [
      { id: 'received', kind: 'trigger.webhook', config: { path: pathOf(name) } },
      {
        id: 'charge',
        kind: 'http.request',
        name: 'Charge card',
        config: {
          method: 'POST',
          url: `${otherSystem.url}/charges`,
          headers: { authorization: { $secret: secret, prefix: 'Bearer ' } },
        },
      },
    ],
    edges: [{ from: 'received', to: 'charge' }],
  };
  await api.publishedFlow(document);
  const runId = await api.callHook(pathOf(name), {});
  await api.untilRun(runId, 'succeeded');
  expect(otherSystem.received[0]?.headers.authorization).toBe(`Bearer ${value}`);

  await run.open(runId);
  await run.choose('Charge card');
  for (const tab of ['Output', 'Input', 'Attempts', 'Journal']) {
    await run.openTab(tab);
    await expect(run.openedPanel).not.toBeEmpty();
    expect(await page.content()).not.toContain(value);
  }
});

test('The dark theme and the time zone stay chosen', async ({ page, settings }) => {
  await settings.open('profile');
  await page.getByRole('radio', { name: 'Dark' }).click();
  await expect(settings.paper).toHaveCSS('color-scheme', 'dark');
  await page.reload();
  await expect(page.getByRole('radio', { name: 'Dark' })).toBeChecked();
  await expect(settings.paper).toHaveCSS('color-scheme', 'dark');

  await settings.open('workers');
  const atUtc = await settings.startedAt();
  await settings.open('profile');
  await settings.chooseTimeZone('Asia/Tokyo');
  await settings.open('workers');
  await expect.poll(() => settings.startedAt()).not.toBe(atUtc);
});

test('The workers at work are listed with what they are', async ({ page, settings }) => {
  await settings.open('workers');
  await expect(settings.row('worker').filter({ hasText: 'at work' })).toBeVisible();

  await settings.open('about');
  await expect(page.getByText(/^v?\d+\.\d+\.\d+$/).first()).toBeVisible();
  await expect(page.getByRole('link', { name: 'REST API as OpenAPI 3.1' })).toHaveAttribute(
    'href',
    '/api/v1/openapi.json',
  );
});
