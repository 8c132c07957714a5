/** `npm run verify:faults`: the fault harness, on servers that it starts itself; arguments are handed to verify/main.ts. */
import { runProgram } from './lib/run-program.mjs';

const hourMs = 60 * 60_000;
await runProgram('verify/main.ts', { env: {}, budgetMs: 4 * hourMs });
