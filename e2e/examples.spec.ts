/** The first green run: each example publishes and succeeds on an installation that reaches no other system. */
import { flowExamples } from '@/core/flow/examples';
import { expect, test } from './stories';

for (const example of flowExamples) {
  test(`The example "${example.name}" is published and succeeds as it is`, async ({
    api,
    designer,
    flows,
    frame,
    page,
    run,
  }) => {
    await flows.open();
    await flows.openExample(example.name);
    await expect(frame.heading).toHaveText(example.name);
    const { flowId } = designer;
    await expect(designer.drawer).toBeVisible();
    await expect(designer.problemCount).toBeHidden();
    await designer.publish();
    await expect(page.getByText('Live v1', { exact: true })).toBeVisible();

    for (const sample of example.samples) {
      const runId = await test.step(`started by its ${sample.type} trigger`, () => api.startSample(flowId, sample));
      await run.open(runId);
      await expect(run.isIn('succeeded')).toBeVisible();
    }
    await api.deleteFlow(flowId);
  });
}
