/** `npm run bench`: the benchmark, on servers that it starts itself; arguments are handed to bench/main.ts. */
import { runProgram } from './lib/run-program.mjs';

const hourMs = 60 * 60_000;
await runProgram('bench/main.ts', { env: { NODE_ENV: 'production' }, budgetMs: 2 * hourMs });
