/** The list of flows, and the dialogs that begin one. */
import type { Locator, Page } from '@playwright/test';

export class FlowsPage {
  readonly newFlow: Locator;
  readonly import: Locator;
  readonly search: Locator;
  readonly table: Locator;
  readonly rows: Locator;
  readonly examples: Locator;
  readonly newFlowDialog: Locator;
  readonly importDialog: Locator;
  readonly deleteDialog: Locator;

  constructor(readonly page: Page) {
    this.newFlow = page.getByRole('button', { name: 'New flow' }).first();
    this.import = page.getByRole('button', { name: 'Import…' });
    this.search = page.getByRole('searchbox', { name: 'Search flows by name' });
    this.table = page.getByRole('table', { name: 'Flows, last changed first' });
    this.rows = this.table.getByRole('rowgroup').last().getByRole('row');
    this.examples = page.getByRole('list', { name: 'Examples' });
    this.newFlowDialog = page.getByRole('dialog', { name: 'New flow' });
    this.importDialog = page.getByRole('dialog', { name: 'Import a flow' });
    this.deleteDialog = page.getByRole('alertdialog');
  }

  async open(): Promise<void> {
    await this.page.goto('/flows');
  }

  row(name: string): Locator {
    return this.table.getByRole('row').filter({ has: this.page.getByText(name, { exact: true }) });
  }

  /** Opens the menu of a row and chooses from it. */
  async choose(name: string, item: string): Promise<void> {
    await this.row(name)
      .getByRole('button', { name: `Actions for ${name}` })
      .click();
    await this.page.getByRole('menuitem', { name: item }).click();
  }

  /** Begins a flow in the dialog; it opens in the designer. */
  async create(name: string, startsWith: string): Promise<void> {
    await this.newFlow.click();
    await this.newFlowDialog.getByRole('textbox', { name: 'Name' }).fill(name);
    await this.newFlowDialog.getByRole('radio', { name: startsWith }).check();
    await this.newFlowDialog.getByRole('button', { name: 'Create and open' }).click();
  }

  /** Makes a draft of an example; it opens in the designer. */
  async openExample(name: string): Promise<void> {
    await this.newFlow.click();
    await this.newFlowDialog.getByRole('button', { name: `Open as a draft: ${name}` }).click();
  }

  /** Brings a flow in as text; it opens in the designer. */
  async importText(text: string): Promise<void> {
    await this.import.click();
    await this.importDialog.getByRole('textbox', { name: 'or its text' }).fill(text);
    await this.importDialog.getByRole('button', { name: 'Import and open' }).click();
  }

  /** Deletes by typing the name, as the dialog asks. */
  async confirmDelete(name: string): Promise<void> {
    await this.deleteDialog.getByRole('textbox').fill(name);
    await this.deleteDialog.getByRole('button', { name: 'Delete flow' }).click();
  }
}
