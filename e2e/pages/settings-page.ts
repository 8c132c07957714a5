/** The settings, each on a tab with an address of its own. */
import { expect, type Locator, type Page } from '@playwright/test';

export type SettingsTab = 'profile' | 'api-keys' | 'variables' | 'secrets' | 'workers' | 'about';

export class SettingsPage {
  readonly dialog: Locator;
  readonly confirmation: Locator;
  readonly shownKey: Locator;
  /** The page as a whole, which wears the theme. */
  readonly paper: Locator;
  readonly timeZone: Locator;

  constructor(readonly page: Page) {
    this.dialog = page.getByRole('dialog');
    this.confirmation = page.getByRole('alertdialog');
    this.paper = page.locator('html');
    this.timeZone = page.getByRole('combobox', { name: 'Time zone', exact: true });
    this.shownKey = page.getByRole('dialog').getByRole('code').first();
  }

  async open(tab: SettingsTab): Promise<void> {
    await this.page.goto(`/settings/${tab}`);
  }

  row(text: string): Locator {
    return this.page.getByRole('row').filter({ hasText: text });
  }

  /** @returns the key, which is shown this once */
  async makeApiKey(name: string): Promise<string> {
    await this.page.getByRole('button', { name: 'New API key' }).click();
    const dialog = this.page.getByRole('dialog', { name: 'New API key' });
    await dialog.getByRole('textbox', { name: 'Name' }).fill(name);
    await dialog.getByRole('button', { name: 'Create key' }).click();
    const shown = this.page.getByRole('dialog', { name: `${name} is ready` });
    await expect(shown).toContainText('Shown once');
    const key = (await this.shownKey.textContent()) ?? '';
    await shown.getByRole('button', { name: 'Done' }).click();
    return key;
  }

  async revokeApiKey(name: string): Promise<void> {
    await this.page.getByRole('button', { name: `Revoke ${name}` }).click();
    await this.confirmation.getByRole('button', { name: 'Revoke key' }).click();
    await expect(this.row(name)).toContainText('revoked');
  }

  /** @param json the value, as JSON text */
  async addVariable(name: string, json: string): Promise<void> {
    await this.page.getByRole('button', { name: 'New variable' }).click();
    const dialog = this.page.getByRole('dialog', { name: 'New variable' });
    await dialog.getByRole('textbox', { name: 'Name' }).fill(name);
    await dialog.getByRole('textbox', { name: 'Value' }).fill(json);
    await dialog.getByRole('button', { name: 'Save variable' }).click();
    await expect(this.row(name)).toBeVisible();
  }

  async storeSecret(name: string, value: string, origins: string): Promise<void> {
    await this.page.getByRole('button', { name: 'New secret' }).click();
    const dialog = this.page.getByRole('dialog', { name: 'New secret' });
    await dialog.getByRole('textbox', { name: 'Name' }).fill(name);
    await dialog.getByRole('textbox', { name: 'Value' }).fill(value);
    await dialog.getByRole('textbox', { name: 'Origins' }).fill(origins);
    await dialog.getByRole('button', { name: 'Store secret' }).click();
    await expect(this.row(name)).toBeVisible();
  }

  async chooseTimeZone(name: string): Promise<void> {
    await this.timeZone.fill(name);
    await this.page.getByRole('option', { name }).click();
    await expect(this.timeZone).toHaveValue(name);
  }

  /** When the longest running process was started, as it is shown. */
  async startedAt(): Promise<string | null> {
    return this.page.getByRole('table').getByRole('row').nth(1).getByRole('time').first().textContent();
  }

  /** Waits until what the tab lists has come from the server. */
  async untilLoaded(): Promise<void> {
    await expect(this.page.getByRole('main').getByRole('status', { name: /^Loading/ })).toHaveCount(0);
  }
}
