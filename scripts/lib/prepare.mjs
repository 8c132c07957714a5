/**
 * What every developer command needs before TypeScript can run: the right Node, the root as working directory, all
 * packages, and tsx to read TypeScript in this process.
 */
import { arePackagesMissing, installPackages, root } from './packages.mjs';

/** Resolves when `.ts` files can be imported; rejects with one sentence when packages cannot be installed. */
export async function prepare() {
  process.chdir(root);
  if (arePackagesMissing({ needsDev: true })) {
    process.stdout.write('Installing packages (npm ci) …\n');
    await installPackages();
  }
  const { register } = await import('tsx/esm/api');
  register();
}
