/** What stands around every signed-in page: navigation, messages, the banner, the dialogs above it. */
import type { Locator, Page } from '@playwright/test';

export class Frame {
  readonly navigation: Locator;
  readonly connectionBanner: Locator;
  readonly signInAgain: Locator;
  readonly heading: Locator;
  /** The command palette, once it takes what is typed. */
  readonly palette: Locator;
  readonly account: Locator;

  constructor(readonly page: Page) {
    this.navigation = page.getByRole('navigation', { name: 'Main' });
    this.connectionBanner = page.getByRole('status').filter({ hasText: 'What you see may be out of date' });
    this.signInAgain = page.getByRole('dialog', { name: 'Sign in again' });
    this.palette = page.getByRole('combobox', { name: 'Find or do' });
    this.account = this.navigation.getByRole('button', { name: /workspace/ });
    this.heading = page.getByRole('heading', { level: 1 });
  }

  /** Opens a place by its link in the navigation. */
  async go(place: 'Flows' | 'Runs' | 'Settings'): Promise<void> {
    await this.navigation.getByRole('link', { name: place, exact: true }).click();
  }

  /** A short message about what just happened. */
  message(text: string | RegExp): Locator {
    return this.page.getByRole('dialog').filter({ hasText: text });
  }

  async signInAgainWith(password: string): Promise<void> {
    await this.signInAgain.getByRole('textbox', { name: 'Password' }).fill(password);
    await this.signInAgain.getByRole('button', { name: 'Sign in', exact: true }).click();
  }
}
