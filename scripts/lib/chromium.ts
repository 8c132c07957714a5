/**
 * Finds the system's Chromium for the end-to-end suite; Playwright's own download is not used, because it fails
 * without internet and a system browser gets its security updates from the system.
 */
import { accessSync, constants } from 'node:fs';
import { installSystemPackage } from './system-package';

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** @returns the path of the browser (CHROMIUM_PATH wins), or undefined when there is none */
export const findChromium = (): string | undefined =>
  [process.env.CHROMIUM_PATH ?? '', ...places].find((path) => path !== '' && isExecutable(path));

/**
 * @returns the path of the browser, installed first when it is missing and that is allowed
 * @throws Error that says what to do
 */
export async function ensureChromium(): Promise<string> {
  const found = findChromium();
  if (found !== undefined) return found;
  const result = await installSystemPackage({
    apt: 'chromium',
    isThere: () => Promise.resolve(findChromium() !== undefined),
  });
  const path = findChromium();
  if (path !== undefined) return path;
  const tried = result.isInstalled || result.tried.length === 0 ? '' : ` Tried: ${result.tried.join('; ')}.`;
  throw new Error(
    'The end-to-end suite needs Chromium. Install it (sudo apt-get install chromium), or set CHROMIUM_PATH to a ' +
      `Chromium or Chrome.${tried}`,
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Not there, or not for us.
    return false;
  }
}
