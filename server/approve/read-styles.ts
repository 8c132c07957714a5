/** The one style sheet of the page behind a link: the tokens of the product, then its own rules. Read once, at the start. */
import { readFile } from 'node:fs/promises';

export async function readApprovalStyles(): Promise<string> {
  const files = ['../../app/tokens.css', './page.css'].map((path) => readFile(new URL(path, import.meta.url), 'utf8'));
  // Comments are for those who read the file. What would end the element cannot stand in a style sheet of ours.
  return (await Promise.all(files)).join('\n').replaceAll(/\/\*[\s\S]*?\*\//g, '');
}
