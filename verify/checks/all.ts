/** All invariants of the fault model, in the order in which they are told. */
import type { Books } from '../books';
import { checkEffects, checkKeys, checkOrder } from './effects';
import { checkIntake } from './intake';
import { checkAppends, checkEnds, checkFold, checkMessages, checkStuck } from './journal';
import { checkLaneOrder, checkLimits, checkLines } from './lanes';
import { checkPositions, checkPublished, checkRouting } from './stream';
import type { Check, Violation } from './violation';

const checks: readonly Check[] = [
  checkIntake,
  checkEnds,
  checkStuck,
  checkMessages,
  checkAppends,
  checkFold,
  checkEffects,
  checkKeys,
  checkOrder,
  checkPositions,
  checkRouting,
  checkPublished,
  checkLaneOrder,
  checkLimits,
  checkLines,
];

export const judge = (books: Books): Violation[] => checks.flatMap((check) => check(books));
