/** The sign-in page. */
import { expect, type Locator, type Page } from '@playwright/test';
import { owner } from '../world/installation';

export class SignInPage {
  /** What the form says as a whole, such as that the password is wrong. */
  readonly fault: Locator;

  constructor(readonly page: Page) {
    this.fault = page.getByRole('main').getByRole('alert');
  }

  async open(): Promise<void> {
    await this.page.goto('/sign-in');
    await expect(this.page.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible();
  }

  async withPassword(password: string): Promise<void> {
    await this.page.getByRole('textbox', { name: 'E-mail' }).fill(owner.email);
    await this.page.getByRole('textbox', { name: 'Password' }).fill(password);
    await this.page.getByRole('button', { name: 'Sign in', exact: true }).click();
  }

  async asOwner(): Promise<void> {
    await this.withPassword(owner.password);
  }
}
