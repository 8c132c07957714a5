/** What stands in line: flows with a limit, and lanes by key. */
import { expect, type Locator, type Page } from '@playwright/test';

export class LanesPage {
  readonly lanes: Locator;
  readonly limits: Locator;

  constructor(readonly page: Page) {
    this.lanes = page.getByRole('table', { name: 'Lanes, the one with the oldest run first' });
    this.limits = page.getByRole('table', { name: 'Flows with a limit of runs at the same time' });
  }

  /** @param flowId shows what stands in line of this flow only */
  async open(flowId: string): Promise<void> {
    await this.page.goto(`/lanes?flow=${flowId}`);
    await expect(this.page.getByRole('heading', { name: 'Lanes', exact: true })).toBeVisible();
    await expect(this.page.getByRole('status', { name: 'Loading lanes' })).toHaveCount(0);
  }

  lane(key: string): Locator {
    return this.lanes.getByRole('row').filter({ hasText: key });
  }
}
