/** The editor of one flow: canvas, palette, inspector, drawer, header. */
import { expect, type Locator, type Page } from '@playwright/test';

export class DesignerPage {
  readonly canvas: Locator;
  readonly palette: Locator;
  readonly inspector: Locator;
  readonly drawer: Locator;
  readonly problems: Locator;
  readonly saved: Locator;
  readonly notSaved: Locator;
  readonly problemCount: Locator;
  readonly publishPanel: Locator;
  readonly runPanel: Locator;
  readonly conflict: Locator;
  readonly stepName: Locator;
  readonly stepId: Locator;

  constructor(readonly page: Page) {
    this.canvas = page.getByRole('region', { name: 'Canvas' });
    this.palette = page.getByRole('complementary', { name: 'Steps to add' }).getByRole('combobox');
    this.inspector = page.getByRole('complementary', { name: 'Inspector' });
    this.drawer = page.getByRole('region', { name: 'Data and problems' });
    this.problems = page.getByRole('table', { name: 'Problems' });
    this.saved = page.getByRole('status').filter({ hasText: /^Saved \d/ });
    this.notSaved = page.getByText(/^Not saved: /);
    this.problemCount = page.getByRole('button', { name: /problems? stops? publishing$/ });
    this.publishPanel = page.getByRole('dialog', { name: 'Publish' });
    this.runPanel = page.getByRole('dialog', { name: /^(Run now|How to start this flow)$/ });
    this.conflict = page.getByRole('dialog', { name: 'Somebody else saved this flow' });
    this.stepId = this.inspector.getByRole('textbox', { name: 'Id of the step' });
    this.stepName = this.inspector.getByRole('textbox', { name: 'Name of the step' });
  }

  /** @param at what the address says about the view: the open step, the open drawer */
  async open(flowId: string, at: { step?: string; drawer?: 'data' | 'problems' } = {}): Promise<void> {
    await this.page.goto(`/flows/${flowId}?${new URLSearchParams(at)}`);
    await expect(this.canvas).toBeVisible();
  }

  /** Of the flow that is open. */
  get flowId(): string {
    return new URL(this.page.url()).pathname.split('/')[2] ?? '';
  }

  /** The card of a step, by the name on it. */
  step(name: string): Locator {
    return this.canvas.getByRole('button', { name: new RegExp(`^${escaped(name)}, step `) });
  }

  wire(from: string, to: string): Locator {
    return this.canvas.getByRole('group', { name: `Wire from ${from} to ${to}`, exact: true });
  }

  /** Adds a step after the selected one, by keyboard. */
  async addStep(kind: string): Promise<void> {
    await this.canvas.focus();
    await this.page.keyboard.press('n');
    await expect(this.palette).toBeFocused();
    await this.page.keyboard.type(kind);
    await this.page.keyboard.press('Enter');
    await expect(this.inspector).toContainText(kind);
  }

  async select(name: string): Promise<void> {
    await this.step(name).click();
    await expect(this.stepName).toBeVisible();
  }

  /** A field of the open step, by its label. */
  field(label: string): Locator {
    return this.inspector.getByRole('textbox', { name: label, exact: true });
  }

  /** Writes a JSON field as text. */
  async writeJson(label: string, json: string): Promise<void> {
    const asText = this.inspector.getByRole('button', { name: 'JSON', exact: true });
    if ((await asText.count()) > 0) await asText.click();
    await this.field(label).fill(json);
  }

  /** Adds a member to a JSON field that is shown as names and values. */
  async addMember(label: string, name: string, value: string): Promise<void> {
    await this.inspector.getByRole('button', { name: 'Add a field' }).click();
    await this.field(`${label}: name`).last().fill(name);
    await this.field(`${label}: ${name}`).fill(value);
  }

  /** What the expression gives that is being written. */
  get preview(): Locator {
    return this.inspector.getByRole('status');
  }

  /** When the open schedule fires next. */
  get nextFires(): Locator {
    return this.inspector.getByRole('table').filter({ hasText: /^Next in / });
  }

  async chooseTimeZone(zone: string): Promise<void> {
    await this.inspector.getByRole('combobox', { name: 'Time zone' }).fill(zone);
    await this.page.getByRole('option', { name: zone }).click();
  }

  /** Says what a caller will send, for previews before the first run. */
  async giveSample(json: string): Promise<void> {
    await this.openRunning();
    await this.runPanel.getByRole('textbox', { name: 'Body' }).fill(json);
    await this.page.keyboard.press('Escape');
    await expect(this.runPanel).toBeHidden();
  }

  /** Deletes the wire between two steps, by keyboard. */
  async cut(from: string, to: string): Promise<void> {
    await this.wire(from, to).focus();
    await this.page.keyboard.press('Enter');
    await this.page.keyboard.press('Delete');
    await expect(this.wire(from, to)).toBeHidden();
  }

  /** The same page in another window. */
  in(page: Page): DesignerPage {
    return new DesignerPage(page);
  }

  async untilSaved(): Promise<void> {
    await expect(this.saved).toBeVisible();
  }

  /** Opens the panel and publishes what is drawn. */
  async publish(): Promise<void> {
    await this.openPublishing();
    await this.publishPanel.getByRole('button', { name: 'Publish', exact: true }).click();
    await expect(this.publishPanel).toBeHidden();
  }

  async openPublishing(): Promise<void> {
    await this.page.getByRole('button', { name: 'Publish…' }).click();
    await expect(this.publishPanel).toBeVisible();
  }

  async openRunning(): Promise<void> {
    await this.page.getByRole('button', { name: /^Run\b/ }).click();
    await expect(this.runPanel).toBeVisible();
  }

  async openTab(name: 'Editor' | 'Runs' | 'Versions'): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Flow', exact: true }).getByRole('link', { name }).click();
  }

  /** Shows one value of what the last run received, by its name in the tree. */
  async showData(name: string): Promise<void> {
    const tree = this.drawer.getByRole('list', { name: 'Data you can drag into a field' });
    await tree.getByRole('button', { name: new RegExp(`^${name}\\b`) }).click();
  }

  async showProblems(): Promise<void> {
    await this.problemCount.click();
    await expect(this.problems).toBeVisible();
  }
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
