/**
 * One thing wrong with a flow, and the small helpers that make them. A problem always says where it is (pointer, and the
 * step whose card shows it) and what to do; only those of severity `error` stop publishing.
 */
import type { Fault } from '@/core/errors';
import { jsonPointer } from '@/core/json';

export interface Problem extends Fault {
  /** Whose card shows it; absent for problems of the flow as a whole. */
  readonly stepId?: string;
  readonly severity: 'error' | 'warning';
}

/** Where a problem is: a step by its index and id, with the pointer inside it. */
export interface StepPlace {
  readonly index: number;
  readonly stepId: string;
}

export const stepPointer = (index: number, ...parts: readonly (string | number)[]): string =>
  jsonPointer('steps', index, ...parts);

/** A problem of one step; `inside` is a pointer below the step, such as `/config/url`. */
export const stepProblem = (
  place: StepPlace,
  inside: string,
  code: string,
  message: string,
  severity: Problem['severity'] = 'error',
): Problem => ({ pointer: stepPointer(place.index) + inside, code, message, stepId: place.stepId, severity });

export const flowProblem = (
  pointer: string,
  code: string,
  message: string,
  severity: Problem['severity'] = 'error',
): Problem => ({ pointer, code, message, severity });

/** Whether `pointer` is `ancestor` or below it. */
export const isAtOrBelow = (pointer: string, ancestor: string): boolean =>
  pointer === ancestor || pointer.startsWith(`${ancestor}/`);
