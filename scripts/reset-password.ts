/**
 * `npm run reset-password -- someone@example.com`: gives an account a new password and ends its sessions. Prints a
 * generated one, or takes yours from standard input with `--stdin`, so that it stands in no shell history. Works while
 * Headrace runs and while it does not.
 */
import { parseArgs } from 'node:util';
import { v7 as uuidv7 } from 'uuid';
import { HeadraceError, isHeadraceError } from '@/core/errors';
import { resetPassword } from '@/server/auth/reset-password';
import { dataPaths } from '@/server/embedded/data-directory';
import { startPostgres } from '@/server/embedded/postgres';
import { runningPostgresUrl } from '@/server/embedded/running-postgres';
import { readStartEnv, type StartEnv } from '@/server/env';
import { openAccountRepository } from '@/server/repositories/account-repository';
import { lockDataDirectory } from './start/lock';
import { localOrigin } from './start/services';

const usage = 'Usage: npm run reset-password -- someone@example.com [--stdin]';

interface Request {
  readonly email: string;
  readonly takesStdin: boolean;
}

function readRequest(args: readonly string[]): Request {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { stdin: { type: 'boolean', default: false } },
      allowPositionals: true,
    });
    const [email, ...rest] = positionals;
    if (email?.includes('@') && rest.length === 0) return { email, takesStdin: values.stdin };
  } catch (cause) {
    throw new HeadraceError('request.invalid', usage, { cause });
  }
  throw new HeadraceError('request.invalid', usage);
}

async function readPassword(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  // One line break at the end belongs to `echo`, not to the password.
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '');
}

/** The configured database, that of a running Headrace, or the embedded one started for as long as this takes. */
async function openDatabase(env: StartEnv): Promise<{ url: string; close: () => Promise<void> }> {
  const { postgres } = dataPaths(env.dataDir);
  const url = env.databaseUrl ?? runningPostgresUrl(postgres);
  if (url !== undefined) return { url, close: async () => undefined };
  const lock = lockDataDirectory(env.dataDir, localOrigin(env.host, env.port));
  const server = await startPostgres({ dir: postgres });
  return {
    url: server.url,
    close: async () => {
      await server.stop();
      lock.release();
    },
  };
}

async function main(): Promise<void> {
  const { email, takesStdin } = readRequest(process.argv.slice(2));
  const chosen = takesStdin ? await readPassword() : null;
  const database = await openDatabase(readStartEnv());
  const { accounts, close } = openAccountRepository(database.url);
  try {
    const password = await resetPassword({ accounts, ids: { uuid: uuidv7 } }, email, chosen);
    process.stdout.write(`${email} has a new password and is signed out everywhere.\n`);
    if (chosen === null)
      process.stdout.write(`\n  ${password}\n\nSign in with it and change it under Settings, Profile.\n`);
  } finally {
    await close();
    await database.close();
  }
}

try {
  await main();
} catch (error) {
  if (!isHeadraceError(error)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
