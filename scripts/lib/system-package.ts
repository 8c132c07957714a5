/**
 * Installs a program with the system's package manager when that is allowed: apt as root or with a sudo that asks
 * nothing, or Homebrew, which needs no rights. Refuses to ask for a password or to download from anywhere else.
 */
import { execFile } from 'node:child_process';
import { userInfo } from 'node:os';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Package lists and one package: minutes only on a very slow line. */
const timeoutMs = 5 * 60_000;

export interface SystemPackage {
  /** Package name for apt. */
  readonly apt: string;
  /** Formula name for Homebrew, when there is one. */
  readonly brew?: string;
  /** Whether the program is there now. */
  readonly isThere: () => Promise<boolean>;
}

/** Either how the program was installed, or what was tried in vain, one clause each. */
export type InstallResult =
  | { readonly isInstalled: true; readonly by: string }
  | { readonly isInstalled: false; readonly tried: readonly string[] };

export async function installSystemPackage(wanted: SystemPackage): Promise<InstallResult> {
  const tried: string[] = [];
  for (const { name, commands } of await installers(wanted)) {
    try {
      for (const [file = '', ...args] of commands) await run(file, args, { timeout: timeoutMs, maxBuffer: 64 << 20 });
      if (await wanted.isThere()) return { isInstalled: true, by: name };
      tried.push(`${name} installed no usable version`);
    } catch (error) {
      tried.push(`${name} failed (${lastLine(error)})`);
    }
  }
  return { isInstalled: false, tried };
}

interface Installer {
  readonly name: string;
  readonly commands: readonly (readonly string[])[];
}

async function installers(wanted: SystemPackage): Promise<readonly Installer[]> {
  const found: Installer[] = [];
  if (await succeeds('apt-get', '--version')) {
    if (userInfo().uid === 0) found.push(apt([], wanted.apt));
    else if (await succeeds('sudo', '-n', 'true')) found.push(apt(['sudo', '-n'], wanted.apt));
  }
  if (wanted.brew !== undefined && (await succeeds('brew', '--version'))) {
    found.push({ name: 'brew', commands: [['brew', 'install', wanted.brew]] });
  }
  return found;
}

/**
 * RUNLEVEL=1 keeps a package from starting a service of its own. A package list that cannot be refreshed may still be
 * good enough, so that failure is left to the installation to report.
 */
function apt(prefix: readonly string[], name: string): Installer {
  const quiet = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1'];
  return {
    name: 'apt-get',
    commands: [
      [...quiet, 'sh', '-c', 'apt-get update -q || true'],
      [...quiet, 'apt-get', 'install', '-y', '--no-install-recommends', name],
    ],
  };
}

const succeeds = (file: string, ...args: string[]): Promise<boolean> =>
  run(file, args).then(
    () => true,
    () => false,
  );

const lastLine = (error: unknown): string => {
  const { stderr, message } = error as { stderr?: string; message: string };
  return (stderr || message).trim().split('\n').at(-1) ?? '';
};
