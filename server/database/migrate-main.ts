/**
 * `npm run migrate`: brings the database of DATABASE_URL to this version and ends. For installations on several
 * machines, where it runs once before the processes of a new version start.
 */
import { isHeadraceError } from '@/core/errors';
import { readMigrateEnv } from '@/server/env';
import { migrate } from './migrate';

try {
  const { applied, existing } = await migrate(readMigrateEnv().databaseUrl);
  process.stdout.write(
    applied.length === 0
      ? `The database is up to date (${existing} migrations).\n`
      : `Applied ${applied.length} migration(s): ${applied.join(', ')}.\n`,
  );
} catch (error) {
  if (!isHeadraceError(error)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
