/** The inbox of questions to people, and the page behind a link to one. */
import { expect, type Locator, type Page } from '@playwright/test';

export class ApprovalsPage {
  readonly panel: Locator;
  readonly approve: Locator;
  readonly reject: Locator;
  readonly comment: Locator;
  readonly answer: Locator;

  constructor(readonly page: Page) {
    this.panel = page.getByRole('region', { name: 'Approval', exact: true });
    this.approve = this.panel.getByRole('button', { name: 'Approve…' });
    this.reject = this.panel.getByRole('button', { name: 'Reject…' });
    this.comment = this.panel.getByRole('textbox', { name: 'Comment' });
    this.answer = this.panel.getByRole('region', { name: 'The answer' });
  }

  /** Opens the inbox and waits until it has been read. */
  async open(): Promise<void> {
    await this.page.goto('/approvals');
    await expect(this.page.getByRole('heading', { name: 'Approvals' })).toBeVisible();
    await expect(this.page.getByRole('status', { name: 'Loading approvals' })).toHaveCount(0);
  }

  async show(which: 'For you' | 'All open' | 'Answered'): Promise<void> {
    await this.page.getByRole('radio', { name: which }).click();
  }

  row(title: string): Locator {
    return this.page.getByRole('row').filter({ hasText: title });
  }

  async choose(title: string): Promise<void> {
    await this.row(title).first().click();
    await expect(this.panel.getByRole('heading', { name: title })).toBeVisible();
  }

  /** Presses a second time: an answer cannot be taken back. */
  async confirm(what: 'Yes, approve' | 'Yes, reject'): Promise<void> {
    await this.panel.getByRole('button', { name: what }).click();
  }

  /** @returns the address of a new link */
  async makeLink(): Promise<string> {
    await this.panel.getByRole('button', { name: 'Make a link' }).click();
    const url = this.panel.getByRole('status').filter({ hasText: '/approve/' }).locator('code');
    return (await url.textContent()) ?? '';
  }
}

/** What somebody sees who has nothing but a link. */
export class LinkedApprovalPage {
  readonly question: Locator;
  readonly approve: Locator;

  constructor(readonly page: Page) {
    this.question = page.getByRole('heading', { level: 1 });
    this.approve = page.getByRole('button', { name: 'Approve' });
  }

  /** @returns the status of the answer */
  async open(url: string): Promise<number> {
    return (await this.page.goto(url))?.status() ?? 0;
  }
}
