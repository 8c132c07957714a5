/**
 * `npm run docs`: writes docs/reference anew from the code. A unit test fails while the committed pages differ, so the
 * reference is never edited by hand.
 */
import './lib/node-version.mjs';

try {
  const { prepare } = await import('./lib/prepare.mjs');
  await prepare();
  const { writeReference } = await import('./docs/write-reference.ts');
  const changed = await writeReference();
  process.stdout.write(changed.length === 0 ? 'docs/reference is up to date.\n' : `${changed.join('\n')}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
