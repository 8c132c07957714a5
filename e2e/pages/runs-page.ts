/** The list of runs with its filters. */
import { expect, type Locator, type Page } from '@playwright/test';

export class RunsPage {
  readonly table: Locator;
  readonly rows: Locator;
  readonly live: Locator;

  constructor(readonly page: Page) {
    this.table = page.getByRole('table', { name: 'Runs, newest first' });
    this.rows = this.table.getByRole('rowgroup').last().getByRole('row');
    this.live = page.getByRole('status').filter({ hasText: /^live$/ });
  }

  /** @param flowId shows the runs of this flow only */
  async open(flowId?: string): Promise<void> {
    await this.page.goto(flowId === undefined ? '/runs' : `/runs?flow=${flowId}`);
    await expect(this.live).toBeVisible();
  }

  /** Rows of a flow, by what it is called. */
  row(flowName: string): Locator {
    return this.table.getByRole('row').filter({ hasText: flowName });
  }

  async filterByStatus(status: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Status', exact: true }).click();
    await this.page.getByRole('checkbox', { name: status, exact: true }).check();
    await this.page.keyboard.press('Escape');
  }
}
