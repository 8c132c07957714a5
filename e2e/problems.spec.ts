/** What is wrong is said where it is wrong, all of it at once, and nothing wrong goes live. */
import { twoSteps } from './documents';
import { expect, test } from './stories';
import { own } from './world/own';

test('Problems stand on their cards and in the panel, stop publishing, and are gone once corrected', async ({
  api,
  designer,
  page,
}) => {
  const document = twoSteps(own('Problems'));
  const flowId = await api.createFlow({
    ...document,
    steps: [
      ...document.steps,
      { id: 'a', kind: 'data.transform', name: 'Round', config: { output: 1 } },
      { id: 'b', kind: 'data.transform', name: 'And round', config: { output: 2 } },
    ],
    edges: [...document.edges, { from: 'shaped', to: 'a' }, { from: 'a', to: 'b' }, { from: 'b', to: 'a' }],
    canvas: {
      steps: { ...document.canvas?.steps, a: { x: 0, y: 240 }, b: { x: 0, y: 360 } },
    },
  });

  await test.step('a broken expression and a circle are both shown', async () => {
    await designer.open(flowId);
    await designer.select('Shape it');
    await designer.writeJson('Output', '{"id": "{{ event.data.body.( }}"}');
    await expect(designer.step('Shape it')).toHaveAccessibleName(/problem: /);
    await expect(designer.step('Round')).toHaveAccessibleName(/problem: These steps lead back to themselves/);
    await designer.showProblems();
    await expect(designer.problems.getByRole('row').filter({ hasText: 'Shape it' })).toHaveCount(1);
    await expect(designer.problems.getByRole('row').filter({ hasText: 'ound' })).not.toHaveCount(0);
  });

  await test.step('publishing is refused with the list, and the list leads to the field', async () => {
    await designer.openPublishing();
    await expect(designer.publishPanel).toContainText(/problems stop publishing/);
    await expect(designer.publishPanel.getByRole('button', { name: 'Publish', exact: true })).toBeHidden();
    await designer.publishPanel.getByRole('button', { name: /^shaped / }).click();
    await expect(designer.field('Output')).toBeFocused();
  });

  await test.step('corrected, it publishes', async () => {
    await designer.field('Output').fill('{"id": "{{ event.data.body.id }}"}');
    await expect(designer.step('Shape it')).not.toHaveAccessibleName(/problem/);
    await designer.cut('And round', 'Round');
    await expect(designer.problemCount).toBeHidden();
    await expect(designer.drawer).toContainText('Nothing stops publishing.');
    await designer.publish();
    await expect(page.getByText('Live v1', { exact: true })).toBeVisible();
  });
});

test('A webhook address that another flow has is refused on publish, with the way to that flow', async ({
  api,
  designer,
  page,
}) => {
  const first = twoSteps(own('Taken'));
  const takenBy = await api.publishedFlow(first);
  const flowId = await api.createFlow({ ...first, name: own('Late') });
  await designer.open(flowId);
  await designer.openPublishing();
  await designer.publishPanel.getByRole('button', { name: 'Publish', exact: true }).click();
  await designer.publishPanel.getByRole('alert').getByRole('link', { name: 'Open that flow' }).click();
  await expect(page).toHaveURL(new RegExp(`/flows/${takenBy}`));
});
