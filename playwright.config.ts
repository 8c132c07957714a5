/**
 * The end-to-end stories: one browser, one story at a time, on a Headrace that the global setup starts the way a
 * person would. The first visit comes first, since all others are told by the owner it creates. No retries: a story
 * that fails now and then is a fault, here or there.
 */
import { defineConfig } from '@playwright/test';
import { findChromium } from './scripts/lib/chromium';

const firstVisit = '**/first-visit.spec.ts';
/** Pictures of the documentation are taken only when asked for: a test run leaves the checkout as it was. */
const pictures = process.env.E2E_DOCS_IMAGES === '1' ? [] : ['**/pictures.spec.ts'];
/** An installation started by hand has had its first visit. */
const isOnOwnInstallation = process.env.E2E_HEADRACE === undefined;

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  globalSetup: './e2e/global-setup.ts',
  outputDir: 'test-results',
  fullyParallel: false,
  workers: 1,
  retries: 0,
  forbidOnly: true,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  projects: isOnOwnInstallation
    ? [
        { name: 'first visit', testMatch: firstVisit },
        { name: 'stories', testIgnore: [firstVisit, ...pictures], dependencies: ['first visit'] },
      ]
    : [{ name: 'stories', testIgnore: [firstVisit, ...pictures] }],
  use: {
    // Set by the global setup, before the workers read this file.
    baseURL: process.env.E2E_BASE_URL,
    browserName: 'chromium',
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    screenshot: 'only-on-failure',
    // A trace costs a quarter of the time of every story; whoever needs one asks for it: --trace on.
    trace: 'off',
    launchOptions: {
      executablePath: findChromium(),
      // Chromium refuses its sandbox to root, which is who runs tests in containers.
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    },
  },
});
