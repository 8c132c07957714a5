/** `npm run verify:faults`: the fault harness, on servers that it starts itself; arguments are handed to verify/main.ts. */
import './lib/node-version.mjs';

try {
  const { prepare } = await import('./lib/prepare.mjs');
  await prepare();
  const { generate } = await import('./generate.mjs');
  generate();
  const { ensureRedis } = await import('./lib/ensure-redis.ts');
  await ensureRedis();
  const { runNode } = await import('./lib/run-command.ts');
  const interruption = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => interruption.abort());
  const hourMs = 60 * 60_000;
  const args = ['--import', 'tsx', 'verify/main.ts', ...process.argv.slice(2)];
  const { code } = await runNode(args, { env: {}, budgetMs: 4 * hourMs, signal: interruption.signal });
  process.exitCode = code ?? 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
