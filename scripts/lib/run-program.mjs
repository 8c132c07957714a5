/**
 * Runs a program that stands beside the product (benchmark, fault harness) on servers it starts itself: packages, generated
 * code and Redis are provided first. Refuses to outlive its budget, and hands interruptions on.
 */
import './node-version.mjs';

/**
 * @param {string} entry the program, relative to the root; arguments of this process are handed to it
 * @param {{ env: Record<string, string>, budgetMs: number }} options variables it gets besides ours, and its longest time
 */
export async function runProgram(entry, { env, budgetMs }) {
  try {
    const { prepare } = await import('./prepare.mjs');
    await prepare();
    const { generate } = await import('../generate.mjs');
    generate();
    const { ensureRedis } = await import('./ensure-redis.ts');
    await ensureRedis();
    const { runNode } = await import('./run-command.ts');
    const interruption = new AbortController();
    for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => interruption.abort());
    const args = ['--import', 'tsx', entry, ...process.argv.slice(2)];
    const { code } = await runNode(args, { env, budgetMs, signal: interruption.signal });
    process.exitCode = code ?? 1;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}
