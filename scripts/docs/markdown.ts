/** The few pieces of Markdown that generated pages are made of. Refuses text that would break out of a table cell. */

/** Named in every generated page, so that nobody edits one by hand. */
export const generatedNote = (source: string): string =>
  `Generated from ${source} by \`npm run docs\`. Change it there, not here.`;

export const code = (text: string): string => `\`${text}\``;

/** Text as one cell: on one line, with its bars escaped (GitHub honours that inside code too). */
const cell = (text: string): string => text.replaceAll(/\s*\n\s*/g, ' ').replaceAll('|', '\\|');

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

/** A page from its blocks; empty ones are left out. */
export const page = (...blocks: readonly string[]): string =>
  `${blocks.filter((block) => block !== '').join('\n\n')}\n`;

export const jsonBlock = (value: unknown): string => `\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\``;

/** Puts the headings of a text `levels` deeper. */
export const deeper = (markdown: string, levels: number): string =>
  markdown.replaceAll(/^(#+) /gm, (_, marks: string) => `${marks}${'#'.repeat(levels)} `);
