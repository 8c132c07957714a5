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

  /** A wire that leaves by another port than `out`. */
  wireBy(from: string, port: string, to: string): Locator {
    return this.canvas.getByRole('group', { name: `Wire from ${from}, ${port}, to ${to}`, exact: true });
  }

  /** Drags a step by its title and lets it go with its middle over a place inside another, from that one's corner. */
  async dragStep(name: string, onto: string, at: { x: number; y: number }): Promise<void> {
    const target = await boxOf(this.step(onto));
    const from = await boxOf(this.step(name));
    const grip = { x: from.x + 40, y: from.y + 16 };
    const middle = { x: from.x + from.width / 2, y: from.y + from.height / 2 };
    const to = { x: target.x + at.x + grip.x - middle.x, y: target.y + at.y + grip.y - middle.y };
    await this.pull(grip, to);
  }

  /** Pulls a wire out of a port and lets it go beside it, or on a step. */
  async pullWire(from: string, port: string, to: { x: number; y: number } | string): Promise<void> {
    await this.select(from);
    const outlet = await boxOf(this.step(from).getByLabel(`Port ${port}`, { exact: true }));
    const start = { x: outlet.x + outlet.width / 2, y: outlet.y + outlet.height / 2 };
    if (typeof to !== 'string') {
      await this.pull(start, { x: start.x + to.x, y: start.y + to.y });
      return;
    }
    const card = await boxOf(this.step(to));
    await this.pull(start, { x: card.x + card.width / 2, y: card.y + 8 });
  }

  /** Presses, moves in small steps as a hand does, and lets go. */
  async pull(from: { x: number; y: number }, to: { x: number; y: number }): Promise<void> {
    const { mouse } = this.page;
    await mouse.move(from.x, from.y);
    await mouse.down();
    await mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 5 });
    await mouse.move(to.x, to.y, { steps: 5 });
    await mouse.up();
  }

  /** Draws a box on the ground between two places, given from the corner of a step. */
  async drawBox(name: string, from: { x: number; y: number }, to: { x: number; y: number }): Promise<void> {
    const { x, y } = await boxOf(this.step(name));
    await this.pull({ x: x + from.x, y: y + from.y }, { x: x + to.x, y: y + to.y });
  }

  /** The menu of a step. */
  async openMenu(name: string): Promise<void> {
    await this.step(name).click({ button: 'right', position: { x: 40, y: 14 } });
    await expect(this.page.getByRole('menu', { name })).toBeVisible();
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

  /** By its title: what is below that of a region belongs to its steps. */
  async select(name: string): Promise<void> {
    await this.step(name).click({ position: { x: 40, y: 12 } });
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

  /** The editor of the code of the open step. */
  get code(): Locator {
    return this.inspector.getByRole('textbox', { name: 'Code', exact: true });
  }

  /** The type of what the open step is called with. */
  get inputType(): Locator {
    return this.inspector.getByRole('group').filter({ hasText: /^Input, / });
  }

  /** Replaces the code of the open step; brackets that the editor would add are in it already. */
  async writeCode(source: string): Promise<void> {
    await this.code.click();
    await this.page.keyboard.press('ControlOrMeta+a');
    await this.page.keyboard.press('Delete');
    await this.page.keyboard.insertText(source);
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

  /** Chooses the flow that the open step calls, by keyboard. */
  async chooseFlow(name: string): Promise<void> {
    await this.inspector.getByRole('button', { name: 'Choose…' }).click();
    const choice = this.page.getByRole('dialog', { name: 'Choose a flow' });
    await choice.getByRole('textbox', { name: 'Name of the flow' }).fill(name);
    await expect(choice.getByRole('button', { name })).toBeVisible();
    await this.page.keyboard.press('ArrowDown');
    await this.page.keyboard.press('Enter');
    await expect(choice).toBeHidden();
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

/** Where something is on the screen. @throws Error when it is not drawn */
async function boxOf(thing: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await thing.boundingBox();
  if (box === null) throw new Error(`${thing} is not drawn`);
  return box;
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
