/** The storm in which a planted bug shows: small, and with only those faults that it takes. */
import type { StormOptions } from '../storm';
import { type BugName, plantedBugs } from './bugs';

/** Quickly sent: what a storm costs in `npm test` is mostly its start. */
const perSecond = 15;

export function bugStorm(name: BugName, common: Pick<StormOptions, 'patienceMs' | 'signal' | 'say'>): StormOptions {
  const bug = plantedBugs[name];
  const { seed, sagas, faults } = bug;
  return {
    ...common,
    bug,
    seed,
    sagas,
    perSecond,
    workers: 2,
    faultEveryMs: faults?.everyMs ?? null,
    ...(faults === null ? {} : { kinds: faults.kinds }),
  };
}
