/**
 * `npm test`: every suite, on a fresh checkout too. `npm test -- unit int` runs those two. The last line is always
 * `N passed, N failed`.
 */
import './lib/node-version.mjs';

try {
  const { prepare } = await import('./lib/prepare.mjs');
  await prepare();
  const { runSuites } = await import('./test/main.ts');
  process.exitCode = (await runSuites(process.argv.slice(2))) ? 0 : 1;
} catch (error) {
  process.stdout.write(`${error instanceof Error ? error.message : error}\n0 passed, 1 failed\n`);
  process.exitCode = 1;
}
