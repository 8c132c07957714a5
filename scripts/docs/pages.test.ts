import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { draftSchema } from '@/core/flow/document';
import { validate } from '@/core/flow/validate';
import { variableNames } from '@/server/env';

/** Pages for people: at the root and in docs. Guides of step kinds are checked where they are generated from. */
const pages = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md', 'docs/**/*.md'], {
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => /^(docs\/.*|[^/]+)\.md$/.test(path) && existsSync(path));

const read = (path: string): string => readFileSync(path, 'utf8');

const manifest = JSON.parse(read('package.json')) as Record<
  'scripts' | 'dependencies' | 'devDependencies',
  Record<string, string>
>;

/** GitHub's anchors: lower case, without punctuation, spaces as hyphens. */
const anchorsOf = (path: string): Set<string> =>
  new Set(
    [...read(path).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );

function brokenLinks(path: string): string[] {
  const targets = [...read(path).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '');
  return targets.filter((target) => {
    if (/^[a-z]+:/.test(target)) return false;
    const [file = '', anchor] = target.split('#');
    const there = file === '' ? path : normalize(join(dirname(path), file));
    return !existsSync(there) || (anchor !== undefined && !anchorsOf(there).has(anchor));
  });
}

describe('the pages', () => {
  it.each(pages)('%s links to files and headings that exist', (path) => {
    expect(brokenLinks(path)).toEqual([]);
  });

  it('name only variables of the configuration that exist', () => {
    const known = new Set<string>(variableNames);
    const unknown = pages.flatMap((path) =>
      [...read(path).matchAll(/\bHEADRACE_[A-Z_]*[A-Z]\b/g)].filter(([name]) => !known.has(name)).map(([name]) => name),
    );
    expect(unknown).toEqual([]);
  });

  it('give a reason for every dependency, and for no other', () => {
    const installed = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
    const page = read('docs/decisions/dependencies.md');
    const unexplained = installed.filter((name) => !name.startsWith('@types/') && !page.includes(name));
    const listed = [...page.matchAll(/^\| ([^|]+) \|/gm)].slice(1).flatMap(([, names = '']) => names.split(', '));
    expect(unexplained).toEqual([]);
    expect(listed.filter((name) => !installed.includes(name))).toEqual([]);
  });

  it('name only npm scripts that exist', () => {
    const { scripts } = manifest;
    const named = pages.flatMap((path) =>
      [...read(path).matchAll(/\bnpm run ([a-z][a-z:-]*)/g)].map(([, name]) => name),
    );
    expect(named.filter((name) => name !== undefined && !Object.hasOwn(scripts, name))).toEqual([]);
  });

  it('show only flow documents that could be published', () => {
    const documents = pages
      .flatMap((path) => [...read(path).matchAll(/```json\n(\{\s*"headrace"[\s\S]*?)```/g)])
      .map(([, text = '']) => JSON.parse(text));
    expect(documents.length).toBeGreaterThan(0);
    expect(documents.flatMap((document) => validate(draftSchema.parse(document)))).toEqual([]);
  });
});
