/**
 * `npm start`: from a fresh checkout to a running Headrace. This file is what can run before packages are installed;
 * it checks Node, installs what is missing and hands over to scripts/start/main.ts in the same process.
 */
import './lib/node-version.mjs';

try {
  // Imported only now: an old Node must get as far as the check above.
  const { arePackagesMissing, installPackages, root } = await import('./lib/packages.mjs');
  process.chdir(root);
  if (arePackagesMissing({ needsDev: false })) {
    process.stdout.write('Installing packages (npm ci) …\n');
    await installPackages();
  }
  const { register } = await import('tsx/esm/api');
  register();
  const { main } = await import('./start/main.ts');
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
