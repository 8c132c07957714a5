/** The sign-in page. */
import { expect, type Page } from '@playwright/test';
import { owner } from '../world/installation';

export class SignInPage {
  constructor(readonly page: Page) {}

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
