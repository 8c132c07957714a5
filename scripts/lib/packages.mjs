/**
 * Makes sure that node_modules is what package-lock.json says, so that a fresh checkout and one after `git pull` both
 * work with one command. Runs before any package can be imported and therefore uses Node alone.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * @param {{ needsDev: boolean }} options whether development packages count as missing too
 * @returns {boolean} whether `npm ci` has something to do
 */
export function arePackagesMissing({ needsDev }) {
  const installed = readLock(join(root, 'node_modules/.package-lock.json'));
  const wanted = readLock(join(root, 'package-lock.json'));
  if (wanted === undefined) throw new Error('package-lock.json is missing: the checkout is incomplete.');
  if (installed === undefined) return true;
  return Object.entries(wanted).some(([path, { version, optional, dev, devOptional }]) => {
    if (path === '' || (!needsDev && (dev || devOptional))) return false;
    const there = installed[path];
    // An optional package of another platform is rightly absent.
    return there === undefined ? !optional : there.version !== version;
  });
}

/**
 * Runs `npm ci`, its output passed through so that a long download can be watched.
 * @returns {Promise<void>} rejects with one sentence when it fails
 */
export function installPackages() {
  // The npm that runs us, when one does: it is there and it is configured.
  const own = process.env.npm_execpath;
  const isNpm = own !== undefined && /npm-cli\.c?js$/.test(own) && existsSync(own);
  const [file, ...args] = isNpm ? [process.execPath, own] : ['npm'];
  const command = [...args, 'ci', '--no-audit', '--no-fund', '--loglevel=error'];
  return new Promise((resolve, reject) => {
    // Development packages too: an inherited NODE_ENV=production would make npm leave them out.
    const env = { ...process.env, NODE_ENV: 'development' };
    const child = spawn(file, command, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env });
    child.once('error', (error) => reject(new Error(`npm could not be run: ${error.message}.`)));
    child.once('exit', (code, signal) => {
      if (code === 0) resolve();
      else if (signal !== null) reject(new Error(`The installation of packages was interrupted by ${signal}.`));
      else reject(new Error('The packages could not be installed: see the message of npm above.'));
    });
  });
}

/**
 * @param {string} path
 * @returns {Record<string, { version?: string, optional?: boolean, dev?: boolean, devOptional?: boolean }> | undefined}
 */
function readLock(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : undefined;
}
