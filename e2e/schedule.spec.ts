/** A flow that starts by the clock: what an expression means is seen before it is published. */
import { expect, test } from './stories';
import { own } from './world/own';

test('The next times of a schedule stand under its expression, by its own clock and by mine', async ({
  designer,
  flows,
  page,
}) => {
  await flows.open();
  await flows.create(own('Nightly'), 'Schedule');

  await test.step('a time zone is found by its city', async () => {
    await designer.select('schedule');
    await designer.chooseTimeZone('Asia/Tokyo');
    await designer.field('When').fill('30 8 * * *');
    await expect(designer.nextFires.getByRole('columnheader')).toHaveText(['Next in Asia/Tokyo', 'in UTC']);
    const rows = designer.nextFires.getByRole('row').filter({ hasText: ', 08:30' });
    await expect(rows).toHaveCount(5);
    await expect(rows.first()).toContainText(', 23:30');
    await expect(designer.step('schedule')).toContainText('08:30 every day');
  });

  await test.step('a time that never comes is said to be one, and shows none', async () => {
    await designer.field('When').fill('0 0 30 2 *');
    await expect(designer.inspector).toContainText('this would never fire');
    await expect(designer.nextFires).toBeHidden();
  });

  await test.step('corrected, it publishes', async () => {
    await designer.field('When').fill('*/15 * * * *');
    await expect(designer.nextFires.getByRole('row')).toHaveCount(6);
    await designer.publish();
    await expect(page.getByText('Live v1', { exact: true })).toBeVisible();
  });
});
