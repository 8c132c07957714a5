/** What a check finds. Refuses opinions: a violation names the run or event and what stands in which book. */
import type { Books } from '../books';

export const violationKinds = ['lost', 'doubled', 'stuck', 'wrong order', 'inconsistent'] as const;
export type ViolationKind = (typeof violationKinds)[number];

export interface Violation {
  readonly check: string;
  readonly kind: ViolationKind;
  readonly what: string;
}

/** One invariant of the fault model, judged over the books of a whole storm. */
export type Check = (books: Books) => readonly Violation[];
