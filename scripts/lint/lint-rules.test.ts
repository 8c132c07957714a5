/**
 * The boundaries of docs/ARCHITECTURE.md are lint rules, and a rule that never fires protects nothing. Each case is a
 * file as it might stand in the tree, with the rule that must refuse it or none; all are linted at once, with this
 * repository's configuration, in a directory of their own.
 */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

const imports = 'lint/style/noRestrictedImports';
const typesOnly = 'plugin';
const coreIsPure = 'plugin';

interface Case {
  readonly path: string;
  readonly code: string;
  /** The rule that refuses it; undefined: it is fine. */
  readonly refusedBy: string | undefined;
}

let cases: Case[] = [];
let count = 0;

const pathIn = (folder: string): string => {
  count += 1;
  return folder.endsWith('.ts') ? folder : `${folder}/case-${count}.ts`;
};

/** Files in `folder` (or one file of that name) that import a value from each of `sources`. */
const values = (folder: string, sources: readonly string[], refusedBy?: string): Case[] =>
  sources.map((source) => ({
    path: pathIn(folder),
    code: `import { thing } from '${source}';\nexport const other = thing;\n`,
    refusedBy,
  }));

const types = (folder: string, sources: readonly string[], refusedBy?: string): Case[] =>
  sources.map((source) => ({
    path: pathIn(folder),
    code: `import type { Thing } from '${source}';\nexport type Other = Thing;\n`,
    refusedBy,
  }));

const code = (folder: string, text: string, refusedBy?: string): Case[] => [
  { path: pathIn(folder), code: text, refusedBy },
];

cases = [
  // core: itself and pure libraries
  ...values('core/run', [
    './other',
    '../flow/document',
    '@/core/errors',
    'zod',
    'jsonata',
    'ajv',
    're2js',
    'cron-parser',
  ]),
  ...values(
    'core/run',
    ['@/server/env', '../../server/env', '@/components/ui/icon', 'node:fs', 'react', 'pg'],
    imports,
  ),
  ...values(
    'core/run',
    ['bullmq', 'ioredis', '@/server/generated/prisma/client', 'next/server', '@trpc/server'],
    imports,
  ),
  ...types('core/run', ['@/server/services/ports'], imports),
  ...code('core/run', 'export const now = Date.now();\n', coreIsPure),
  ...code('core/run', 'export const now = new Date();\n', coreIsPure),
  ...code('core/run', 'export const chance = Math.random();\n', coreIsPure),
  ...code('core/run', 'export const at = (ms: number): string => new Date(ms).toISOString();\n'),
  ...[
    'process.pid',
    'fetch("x")',
    'setTimeout(() => 1, 1)',
    'performance.now()',
    'crypto.randomUUID()',
    'Buffer.from("a")',
  ].flatMap((use) =>
    code('core/run', `export const used = (): unknown => ${use};\n`, 'lint/style/noRestrictedGlobals'),
  ),
  // components: themselves, core, the router's type
  ...values('components/runs', [
    './row',
    '../ui/icon',
    '@/components/ui/icon',
    '@/core/errors',
    'react',
    'next/link',
    '@xyflow/react',
  ]),
  ...types('components/runs', ['@/server/trpc/router']),
  ...values('components/runs', ['@/server/trpc/router'], typesOnly),
  ...values(
    'components/runs',
    ['@/server/container', '@/server/services/ports', '../../server/env', '@/workers/main'],
    imports,
  ),
  ...values(
    'components/runs',
    ['node:fs', 'pg', 'ioredis', 'bullmq', 'pino', '@/server/generated/prisma/client'],
    imports,
  ),
  // app: components and entry points of the server
  ...values('app/flows', [
    '@/components/ui/icon',
    '@/server/container',
    '@/server/trpc/handle',
    '@/server/auth/session',
    'next/headers',
  ]),
  ...values('app/flows', ['@/server/services/flows/flows-service', '@/server/repositories/journal'], imports),
  ...values('app/flows', ['@/server/adapters/logger', '@/workers/main', 'bullmq'], imports),
  // tRPC and REST: services and core
  ...['server/trpc', 'server/rest'].flatMap((folder) => [
    ...values(folder, ['@/server/services/flows/schemas', '@/core/errors', './init', 'zod', '@trpc/server']),
    ...types(folder, ['@/server/container']),
    ...values(folder, ['@/server/container'], typesOnly),
    ...values(
      folder,
      ['@/server/repositories/journal', '@/server/adapters/logger', '@/workers/main', 'pg', 'bullmq'],
      imports,
    ),
  ]),
  // services: core and port types
  ...values('server/services/flows', [
    '@/core/errors',
    '@/server/services/authorize',
    './schemas',
    '../authorize',
    'zod',
  ]),
  ...values('server/services/flows', ['@/server/services/workers/schemas']),
  ...types('server/services/flows', ['@/server/services/ports']),
  ...values(
    'server/services/flows',
    ['@/server/repositories/journal', '../../repositories/journal', '@/server/adapters/clock'],
    imports,
  ),
  ...values(
    'server/services/flows',
    ['@/server/container', 'pg', 'ioredis', 'bullmq', 'node:crypto', 'undici', '@prisma/client'],
    imports,
  ),
  // the intake
  ...values('server/ingress', ['@/core/json', '@/server/services/authorize', '@/server/http/types', 'node:crypto']),
  ...values(
    'server/ingress',
    ['next/server', 'pg', '@/server/repositories/journal', '@/server/adapters/clock'],
    imports,
  ),
  // repositories and adapters: core, ports, their own library
  ...values('server/repositories', [
    '@/core/json',
    '@/server/repositories/journal',
    'pg',
    '@/server/generated/prisma/client',
    'node:zlib',
  ]),
  ...types('server/repositories', ['@/server/services/ports']),
  ...values(
    'server/repositories',
    ['@/server/adapters/clock', '@/server/container', 'bullmq', 'ioredis', 'next/server'],
    imports,
  ),
  ...values('server/adapters', ['@/core/json', '@/server/adapters/clock', 'ioredis', 'undici', 'node:dns']),
  ...types('server/adapters', ['@/server/services/ports']),
  ...values(
    'server/adapters',
    ['@/server/repositories/journal', '@/server/container', '@/server/generated/prisma/client', 'react'],
    imports,
  ),
  // workers
  ...values(
    'workers',
    ['@/core/run/decide', '@/server/services/authorize', '@/server/container', 'bullmq'],
    undefined,
  ).map((one) => (one.code.includes('container') ? { ...one, refusedBy: typesOnly } : one)),
  ...types('workers', ['@/server/repositories/journal', '@/server/container']),
  ...values('workers', ['@/server/repositories/journal'], typesOnly),
  ...values(
    'workers',
    ['@/components/ui/icon', '@/server/trpc/router', '@/server/generated/prisma/client', 'next/server'],
    imports,
  ),
  // one place each
  ...values('server/adapters/queue', ['bullmq']),
  ...values('server/adapters', ['bullmq'], imports),
  ...values('server/container.ts', ['@/server/generated/prisma/client']),
  ...values('server/main.ts', ['bullmq'], imports),
  ...code('server/env.ts', 'export const home = process.env.HOME;\n'),
  ...['server/services', 'server/adapters', 'components/ui', 'workers', 'app'].flatMap((folder) =>
    code(folder, 'export const home = process.env.HOME;\n', 'lint/style/noProcessEnv'),
  ),
  ...code('scripts', 'export const home = process.env.HOME;\n'),
  // strictness everywhere
  ...code('server', 'export const f = (value: any): unknown => value;\n', 'lint/suspicious/noExplicitAny'),
  ...code('server', 'const unused = 1;\nexport const used = 2;\n', 'lint/correctness/noUnusedVariables'),
  ...code('server', "import { a } from './a';\nexport const used = 2;\n", 'lint/correctness/noUnusedImports'),
  ...code(
    'server',
    'export const f = (g: () => void): void => {\n  try {\n    g();\n  } catch {}\n};\n',
    'lint/suspicious/noEmptyBlockStatements',
  ),
  ...code(
    'server',
    'export const f = (g: () => void): void => {\n  try {\n    g();\n  } catch {\n    // Gone already.\n  }\n};\n',
  ),
  ...code(
    'server',
    'const f = async (): Promise<void> => {};\nexport const g = (): void => {\n  f();\n};\n',
    'lint/nursery/noFloatingPromises',
  ),
  ...code(
    'server',
    "type Way = 'in' | 'out';\nexport const f = (way: Way): number => {\n  switch (way) {\n    case 'in':\n      return 1;\n  }\n  return 0;\n};\n",
    'lint/nursery/useExhaustiveSwitchCases',
  ),
  ...code('server', '// @ts-ignore\nexport const used = 2;\n', 'lint/suspicious/noTsIgnore'),
  ...code('server', 'export const f = (): void => console.log(1);\n', 'lint/suspicious/noConsole'),
  ...code('server/CamelCase.ts', 'export const used = 2;\n', 'lint/style/useFilenamingConvention'),
];

/** Refusals by path of the file. */
const refusals = new Map<string, string[]>();
let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'headrace-lint-'));
  const configuration = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8')) as Record<string, unknown>;
  // There is no repository around the copies.
  writeFileSync(join(directory, 'biome.json'), JSON.stringify({ ...configuration, vcs: { enabled: false } }));
  cpSync(join(root, 'scripts/lint'), join(directory, 'scripts/lint'), {
    recursive: true,
    filter: (path) => !path.endsWith('.ts'),
  });
  for (const one of cases) {
    mkdirSync(join(directory, dirname(one.path)), { recursive: true });
    writeFileSync(join(directory, one.path), one.code);
  }
  const output = await lint();
  // A broken configuration or plugin must not pass for a rule that fired.
  if (/errored:|configuration resulted in errors/.test(output)) throw new Error(output);
  for (const [, rule = '', file = ''] of output.matchAll(/^::error title=([^,]+),file=([^,]+),/gm)) {
    const path = file.slice(file.indexOf(directory) + directory.length + 1);
    refusals.set(path, [...(refusals.get(path) ?? []), rule]);
  }
}, 60_000);

afterAll(() => rmSync(directory, { recursive: true, force: true }));

function lint(): Promise<string> {
  const binary = join(root, 'node_modules/@biomejs/biome/bin/biome');
  const args = [binary, 'lint', '--reporter=github', '--max-diagnostics=none', '.'];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: directory, maxBuffer: 64 << 20 }, (_error, stdout, stderr) =>
      resolve(`${stdout}\n${stderr}`),
    );
  });
}

const described = cases.map((one) => ({ ...one, line: one.code.trim().split('\n').join(' ⏎ ') }));

describe('the linter refuses', () => {
  it.each(described.filter((one) => one.refusedBy !== undefined))('in $path: $line', ({ path, refusedBy }) => {
    expect(refusals.get(path) ?? []).toContain(refusedBy);
  });
});

describe('the linter allows', () => {
  it.each(described.filter((one) => one.refusedBy === undefined))('in $path: $line', ({ path }) => {
    expect(refusals.get(path)).toBeUndefined();
  });
});
