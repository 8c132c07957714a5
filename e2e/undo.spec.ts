/** Nothing that is drawn is lost by one wrong key. */
import { twoSteps } from './documents';
import { expect, test } from './stories';
import { own } from './world/own';

test('A step deleted by mistake comes back with its wires, and is saved like that', async ({ api, designer, page }) => {
  const name = own('Undo');
  const flowId = await api.createFlow({
    ...twoSteps(name),
    steps: [
      ...twoSteps(name).steps,
      { id: 'told', kind: 'data.transform', name: 'Tell', config: { output: '{{ steps.shaped.output }}' } },
    ],
    edges: [...twoSteps(name).edges, { from: 'shaped', to: 'told' }],
  });
  await designer.open(flowId);
  await expect(designer.wire('Shape it', 'Tell')).toBeVisible();

  await designer.select('Shape it');
  await page.keyboard.press('Delete');
  await expect(designer.step('Shape it')).toBeHidden();
  await expect(designer.wire('Order received', 'Shape it')).toBeHidden();
  await designer.untilSaved();
  await expect.poll(async () => (await api.flow(flowId)).document.steps.length).toBe(2);

  await page.keyboard.press('ControlOrMeta+z');
  await expect(designer.step('Shape it')).toBeVisible();
  await expect(designer.wire('Order received', 'Shape it')).toBeVisible();
  await expect(designer.wire('Shape it', 'Tell')).toBeVisible();
  await designer.untilSaved();

  await page.reload();
  await expect(designer.step('Shape it')).toBeVisible();
  await expect(designer.wire('Order received', 'Shape it')).toBeVisible();
  await expect(designer.wire('Shape it', 'Tell')).toBeVisible();
});
