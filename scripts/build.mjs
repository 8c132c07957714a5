/** `npm run build`: builds the web application ahead of a start, which does the same by itself when it has to. */
import './lib/node-version.mjs';

try {
  const { prepare } = await import('./lib/prepare.mjs');
  await prepare();
  const { generate } = await import('./generate.mjs');
  generate();
  const { ensureBuild } = await import('./start/build.ts');
  const note = await ensureBuild(process.env, new AbortController().signal);
  process.stdout.write(`The application is ${note}.\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
