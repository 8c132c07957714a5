/**
 * Rules of the house that no linter knows: files say why they exist, long ones say why they are long, nothing is left
 * for later, nothing lies around unused, and every variable of the configuration is in the example.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { variableNames } from '@/server/env';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Tracked files and new ones that are not ignored. */
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 64 << 20,
})
  .split('\n')
  .filter((path) => path !== '' && existsSync(join(root, path)));

const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const isCode = (path: string): boolean => /\.(ts|tsx|mjs|js)$/.test(path) && !path.endsWith('.d.ts');
const isTest = (path: string): boolean => /\.test\.tsx?$|\.spec\.ts$|(^|\/)testing(\/|\.tsx?$)/.test(path);
const code = files.filter(isCode);

const longFileLines = 400;

/** The comment before the first statement. */
const headerOf = (text: string): string =>
  /^(?:'use client';\s*)?(\/\*\*[\s\S]*?\*\/|(?:\/\/[^\n]*\n)+)/.exec(text)?.[1] ?? '';

describe('every file', () => {
  it('of core, server and workers begins with a paragraph that says why it exists', () => {
    const silent = code.filter(
      (path) => /^(core|server|workers)\//.test(path) && !isTest(path) && headerOf(read(path)) === '',
    );
    expect(silent).toEqual([]);
  });

  it(`of more than ${longFileLines} lines says at its top why it is long`, () => {
    const unexplained = code.filter((path) => {
      const text = read(path);
      return text.split('\n').length > longFileLines && !isTest(path) && !/\b(long|lines)\b/i.test(headerOf(text));
    });
    expect(unexplained).toEqual([]);
  });

  it('is finished: nothing is marked as left for later', () => {
    const marker = new RegExp(`\\b(${['TO', 'DO'].join('')}|${['FIX', 'ME'].join('')})\\b`);
    const marked = files.filter(
      (path) => (isCode(path) || /\.(css|md|sql|prisma)$/.test(path)) && marker.test(read(path)),
    );
    expect(marked).toEqual([]);
  });
});

describe('the tree', () => {
  it('holds no module that nothing but tests imports', () => {
    const isEntry = (path: string): boolean =>
      /^(app|scripts|bench|e2e)\//.test(path) || /(^|[/-])main\.ts$/.test(path) || !path.includes('/') || isTest(path);
    const imported = new Set(code.filter((path) => !isTest(path)).flatMap(importsOf));
    expect(code.filter((path) => !isEntry(path) && !imported.has(path))).toEqual([]);
  });

  it('lists every variable of the configuration in .env.example', () => {
    const example = read('.env.example');
    expect(variableNames.filter((name) => !new RegExp(`^#? ?${name}=`, 'm').test(example))).toEqual([]);
  });
});

/** Paths of the files that a file imports, in any way a bundler or Node follows. */
function importsOf(path: string): string[] {
  const sources = [...read(path).matchAll(/(?:from|import|import\(|new URL\()\s*['"]([^'"]+)['"]/g)].map(
    (match) => match[1] ?? '',
  );
  return sources.flatMap((source) => {
    if (!source.startsWith('@/') && !source.startsWith('.')) return [];
    const base = normalize(source.startsWith('@/') ? source.slice(2) : join(dirname(path), source));
    return ['', '.ts', '.tsx', '.mjs', '/index.ts', '/index.tsx'].map((ending) => base + ending);
  });
}
