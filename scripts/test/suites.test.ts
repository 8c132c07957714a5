import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { counted, countPlaywright, countVitest, suites } from './suites';

const ended = { code: 1, ended: undefined } as const;
const fine = { code: 0, ended: undefined } as const;

describe('the count of a suite', () => {
  it('is what its report says', () => {
    const report = {
      numPassedTests: 7,
      numFailedTests: 2,
      testResults: [{ status: 'failed', assertionResults: [{}] }],
    };
    expect(counted(ended, countVitest(report))).toEqual({ passed: 7, failed: 2 });
    expect(counted(ended, countPlaywright({ errors: [], stats: { expected: 3, unexpected: 1, flaky: 1 } }))).toEqual({
      passed: 3,
      failed: 2,
    });
  });

  it('has a failure for a file that could not be loaded', () => {
    const report = { numPassedTests: 7, numFailedTests: 0, testResults: [{ status: 'failed', assertionResults: [] }] };
    expect(counted(ended, countVitest(report))).toEqual({ passed: 7, failed: 1 });
  });

  it('has a failure when the runner fell over although every test passed', () => {
    expect(counted(ended, { passed: 7, failed: 0 })).toEqual({ passed: 7, failed: 1 });
  });

  it('has a failure when no test ran or no report was written', () => {
    expect(counted(fine, { passed: 0, failed: 0 })).toEqual({ passed: 0, failed: 1 });
    expect(counted(fine, undefined)).toEqual({ passed: 0, failed: 1 });
  });
});

describe('npm test', () => {
  it('keeps the budgets of all suites together below 25 minutes', () => {
    const totalMs = suites.reduce((sum, suite) => sum + suite.budgetMs, 0);
    expect(totalMs).toBeLessThan(25 * 60_000);
  });

  it('ends with the count even when it was asked for a suite that does not exist', () => {
    const { stdout, status } = spawnSync(process.execPath, ['scripts/test.mjs', 'nonsense'], { encoding: 'utf8' });
    expect(stdout.trim().split('\n').at(-1)).toBe('0 passed, 1 failed');
    expect(status).toBe(1);
  });

  it('is what continuous integration runs', () => {
    expect(readFileSync('.ci/run', 'utf8')).toContain('npm test');
  });
});
