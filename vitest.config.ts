/**
 * The two kinds of vitest files. `unit` is pure and needs nothing; `int` talks to a real Postgres and Redis that its
 * global setup starts. Two workers, because the reference machine has two cores and more would only make the servers'
 * timings unsteady.
 */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('./', import.meta.url));
const ignored = ['**/node_modules/**', '**/.next/**', '**/.headrace/**', 'e2e/**'];
const alias = { '@': root.replace(/\/$/, '') };
const servers = ['server/testing/global-setup.ts'];

export default defineConfig({
  resolve: { alias },
  test: {
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['**/*.test.ts', '**/*.test.tsx'],
          // Says that a test hangs, not that it is slow: machines that build at the same time are slow.
          testTimeout: 60_000,
          exclude: [...ignored, '**/*.int.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'int',
          include: ['**/*.int.test.ts'],
          exclude: ignored,
          globalSetup: servers,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
