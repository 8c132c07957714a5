/**
 * Generates the Prisma client into server/generated/prisma. Prisma's command wants a "schema engine" binary that it
 * would download; generating does not use it, so any executable in its place keeps the command offline. Never do the
 * same for `prisma migrate diff` or `db push`: with a stand-in engine they silently do nothing.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const output = join(root, 'server/generated/prisma');
const stamp = join(output, '.schema-hash');

/**
 * Generates when the schema or Prisma's version changed since the last time.
 * @param {{ isForced?: boolean }} options
 * @returns {boolean} whether there was something to do
 */
export function generate({ isForced = false } = {}) {
  const hash = createHash('sha256')
    .update(readFileSync(join(root, 'prisma/schema.prisma')))
    .update(readFileSync(join(root, 'node_modules/prisma/package.json')))
    .digest('hex');
  if (!isForced && readIfThere(stamp) === hash) return false;
  const command = createRequire(import.meta.url).resolve('prisma/build/index.js');
  const result = spawnSync(process.execPath, [command, 'generate'], {
    cwd: root,
    encoding: 'utf8',
    env: {
      ...process.env,
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
      CHECKPOINT_DISABLE: '1',
    },
  });
  if (result.status !== 0) throw new Error(`prisma generate failed:\n${result.stdout}\n${result.stderr}`);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, hash);
  return true;
}

/** @param {string} path */
function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Not generated yet.
    return undefined;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  generate({ isForced: true });
  process.stdout.write('Prisma client generated into server/generated/prisma.\n');
}
