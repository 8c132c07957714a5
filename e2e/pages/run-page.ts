/** One run: its status, the drawing, the timeline and the step that is open. */
import type { Locator, Page } from '@playwright/test';

export class RunPage {
  readonly status: Locator;
  readonly canvas: Locator;
  readonly timeline: Locator;
  readonly attempts: Locator;
  readonly why: Locator;

  constructor(readonly page: Page) {
    this.status = page.getByRole('main').getByRole('status');
    this.canvas = page.getByRole('region', { name: 'What happened on the canvas' });
    this.timeline = page.getByRole('region', { name: 'Timeline' });
    this.attempts = page.getByRole('list', { name: 'Attempts' });
    this.why = page.getByRole('button', { name: /^Show the (error|step)$/ });
  }

  async open(runId: string): Promise<void> {
    await this.page.goto(`/runs/${runId}`);
  }

  /** The run as a whole, by its word. */
  isIn(status: string): Locator {
    return this.status.filter({ hasText: new RegExp(`^${status}$`) });
  }

  /** A step on the drawing in one state. */
  drawn(step: string, status: string): Locator {
    return this.canvas.getByRole('button', { name: new RegExp(`^${step}, step \\w+, ${status}`) });
  }

  /** What is open about a step. */
  panel(step: string): Locator {
    return this.page.getByRole('region', { name: `Step ${step}`, exact: true });
  }

  async choose(step: string): Promise<void> {
    await this.timeline.getByRole('button', { name: new RegExp(`^${step}\\b`) }).click();
  }

  async openTab(name: string): Promise<void> {
    await this.page.getByRole('tab', { name }).click();
  }

  get openedPanel(): Locator {
    return this.page.getByRole('tabpanel');
  }
}
