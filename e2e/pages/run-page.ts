/** One run: its status, the drawing, the timeline and the step that is open. */
import type { Locator, Page } from '@playwright/test';

export class RunPage {
  readonly status: Locator;
  readonly canvas: Locator;
  readonly timeline: Locator;
  readonly attempts: Locator;
  readonly why: Locator;
  /** Why the run ended or waits, in one sentence. */
  readonly sentence: Locator;
  /** What holds a blocked run, and what can be decided about it. */
  readonly blocked: Locator;
  readonly retry: Locator;
  readonly rerun: Locator;
  /** The panel that does a run again. */
  readonly again: Locator;
  /** Starts what the panel shows. */
  readonly startAgain: Locator;
  /** The link to the run that this one does again, and to the one that did this again. */
  readonly retryOf: Locator;
  readonly retriedAs: Locator;
  /** The drawing of parents and children. */
  readonly family: Locator;

  constructor(readonly page: Page) {
    this.status = page.getByRole('main').getByRole('status');
    this.canvas = page.getByRole('region', { name: 'What happened on the canvas' });
    this.timeline = page.getByRole('region', { name: 'Timeline' });
    this.attempts = page.getByRole('list', { name: 'Attempts' });
    this.why = page.getByRole('button', { name: /^Show the (error|step)$/ });
    this.sentence = page.getByRole('paragraph').filter({ has: this.why });
    this.blocked = page.getByRole('region', { name: 'What holds the run' });
    this.retry = page.getByRole('button', { name: /^Retry( from failed step)?…$/ });
    this.rerun = page.getByRole('button', { name: 'Rerun…' });
    this.again = page.getByRole('region', { name: /^(Retry what did not succeed|Rerun)$/ });
    this.startAgain = this.again.getByRole('button', { name: /^Start the (retry|rerun)$/ });
    this.retriedAs = page
      .locator('dl')
      .getByRole('term')
      .filter({ hasText: 'Retried as' })
      .locator('..')
      .getByRole('link');
    this.family = page.getByRole('tree', { name: 'Parents and children' });
    this.retryOf = page.locator('dl').getByRole('term').filter({ hasText: 'Retry of' }).locator('..').getByRole('link');
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
    return this.canvas.getByRole('button', { name: new RegExp(`^${step}, step \\w+(, compensation)?, ${status}`) });
  }

  /** What is open about a step. */
  panel(step: string): Locator {
    return this.page.getByRole('region', { name: `Step ${step}`, exact: true });
  }

  /** A run of the family, by the name of its flow. */
  relative(flow: string): Locator {
    return this.family.getByRole('treeitem').filter({ hasText: flow });
  }

  /** Asks for a cancel and confirms it. */
  async cancel(): Promise<void> {
    await this.page.getByRole('button', { name: 'Cancel…' }).click();
    await this.page.getByRole('button', { name: 'Cancel run' }).click();
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

  /** One row of the iterations of the loop that is open. */
  iteration(index: number): Locator {
    return this.page
      .getByRole('list', { name: 'Iterations', exact: true })
      .getByRole('button', { name: `Iteration ${index} ` });
  }

  /** What is shown of the chosen iteration. */
  chosenIteration(index: number): Locator {
    return this.page.getByRole('region', { name: `Iteration ${index}`, exact: true });
  }

  /** In which iteration the open step is looked at. */
  get crumbs(): Locator {
    return this.page.getByRole('navigation', { name: 'Iteration' });
  }

  /** One of the groups of the preview. */
  group(title: 'Reused' | 'Executed again' | 'Skipped'): Locator {
    return this.again.getByRole('region', { name: title });
  }

  /** Takes one of the decisions that a blocked run offers. */
  async decide(decision: string): Promise<void> {
    await this.blocked.getByRole('button', { name: decision }).click();
  }

  /** Chooses in one of the fields of a rerun. */
  async pick(field: string, option: string): Promise<void> {
    await this.again.getByRole('combobox', { name: field }).click();
    await this.page.getByRole('option', { name: option }).click();
  }
}
