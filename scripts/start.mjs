/**
 * `npm start`: from a fresh checkout to a running Headrace. This file is what can run before packages are installed;
 * it checks Node, installs what is missing and hands over to scripts/start/main.ts in the same process.
 */
import './lib/node-version.mjs';
import { arePackagesMissing, installPackages, root } from './lib/packages.mjs';

process.chdir(root);
// A terminal sends Ctrl-C to npm as well; it ends by itself and the line below says the rest.
try {
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
