/** Writes the reference pages that differ. The JSON page is formatted by Biome, as every other file of the tree is. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { runNode } from '../lib/run-command';
import { isSamePage, referencePages } from './reference';

const formatBudgetMs = 60_000;

/** @returns the paths that were written, relative to the root of the checkout */
export async function writeReference(): Promise<readonly string[]> {
  const changed = Object.entries(referencePages()).filter(
    ([path, text]) => !existsSync(path) || !isSamePage(path, readFileSync(path, 'utf8'), text),
  );
  for (const [path, text] of changed) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  const paths = changed.map(([path]) => path);
  const json = paths.filter((path) => path.endsWith('.json'));
  if (json.length > 0) await format(json);
  return paths;
}

async function format(paths: readonly string[]): Promise<void> {
  const args = ['node_modules/@biomejs/biome/bin/biome', 'format', '--write', ...paths];
  const { code } = await runNode(args, { budgetMs: formatBudgetMs, signal: new AbortController().signal, env: {} });
  if (code !== 0) throw new Error('Biome could not format the generated JSON: see its message above.');
}
