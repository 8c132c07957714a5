import { describe, expect, it } from 'vitest';
import { formatStorm } from '../report';
import { runStorm } from '../storm';
import { bugStorm } from './bug-storm';
import { bugNames, plantedBugs } from './bugs';

/** Says that something hangs; a storm takes half a minute on an idle machine. */
const timeoutMs = 180_000;
/** A planted bug leaves runs stuck for ever; what moves at all moves within this. */
const patienceMs = 8_000;

describe('the harness is worth believing: it catches', () => {
  it.each(bugNames.map((name) => ({ name, ...plantedBugs[name] })))(
    '$title',
    {
      timeout: timeoutMs,
    },
    async ({ name, caughtBy }) => {
      const signal = AbortSignal.timeout(timeoutMs);
      const result = await runStorm(bugStorm(name, { patienceMs, signal, say: () => undefined }));
      const checks = new Set(result.violations.map((violation) => violation.check));
      expect(checks, formatStorm(result)).toContain(caughtBy);
    },
  );
});
