/**
 * Entry point of a worker process. Tells its parent when it is ready, stops cleanly on SIGTERM and SIGINT, and goes
 * when its parent goes.
 */
import { setPriority } from 'node:os';
import { isHeadraceError } from '@/core/errors';
import { readEnv } from '@/server/env';
import { createPlatform } from '@/server/platform';
import { version } from '@/server/version';
import { armFaultPoint } from '@/workers/fault-point';
import { startWorker } from '@/workers/worker';

/**
 * Where worker and web share a machine, the intake goes first: an event that is acknowledged quickly is safe, and the run
 * can wait its turn. On a machine of its own this changes nothing.
 */
const niceness = 5;
/** Longest a stopping worker waits for calls in flight; what is left is taken over by others. */
const stopMs = 20_000;

async function main(): Promise<void> {
  const env = readEnv();
  setPriority(niceness);
  const platform = await createPlatform(env, 'worker');
  const worker = await startWorker(platform, version);
  process.send?.({ type: 'ready' });
  if (env.faultPoints !== undefined && env.nodeEnv === 'test') armFaultPoint(env.faultPoints);

  let isStopping = false;
  const stop = (signal: string): void => {
    if (isStopping) return;
    isStopping = true;
    platform.log.info({ signal }, 'worker stops');
    const giveUp = setTimeout(() => process.exit(1), stopMs);
    giveUp.unref();
    worker
      .stop()
      .then(() => platform.close())
      .then(
        () => process.exit(0),
        (error: unknown) => {
          platform.log.error({ err: error }, 'worker could not stop cleanly');
          process.exit(1);
        },
      );
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  process.on('disconnect', () => stop('disconnect'));
  process.on('unhandledRejection', (error) => {
    platform.log.error({ err: error }, 'a promise was rejected and nobody listened');
  });
}

main().catch((error: unknown) => {
  process.stderr.write(`${isHeadraceError(error) ? error.message : String(error)}\n`);
  process.exit(1);
});
