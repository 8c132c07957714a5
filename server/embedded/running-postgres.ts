/**
 * Finds the embedded Postgres of a Headrace that is running, for commands that work beside it. Refuses to start or end
 * one: that is for whoever holds the lock of the data directory.
 */
import { resolve } from 'node:path';
import { readRecord, readText } from './data-directory';
import { isRunning } from './process-identity';

/**
 * @param dir of the cluster, as startPostgres was given it
 * @returns its address, or undefined when it is not running
 */
export function runningPostgresUrl(dir: string): string | undefined {
  const cluster = resolve(dir);
  const record = readRecord(cluster);
  const password = readText(`${cluster}.password`);
  if (record === undefined || password === undefined || !isRunning(record)) return undefined;
  return `postgresql://headrace:${password}@127.0.0.1:${record.port}/headrace`;
}
