/** `npm run verify`: the tests that take longer than `npm test` may; arguments select files by part of their path. */
import './lib/node-version.mjs';

try {
  const { prepare } = await import('./lib/prepare.mjs');
  await prepare();
  const { ensureRedis } = await import('./lib/ensure-redis.ts');
  await ensureRedis();
  const { runVerify } = await import('./test/main.ts');
  process.exitCode = (await runVerify(process.argv.slice(2))) ? 0 : 1;
} catch (error) {
  process.stdout.write(`${error instanceof Error ? error.message : error}\n0 passed, 1 failed\n`);
  process.exitCode = 1;
}
