/**
 * What the parts of the evaluator share while one expression runs. An interface, so that paths, calls and functions
 * need not import the evaluator that calls them.
 */

import type { ExpressionNode } from '@/core/expression/ast';
import type { Budget } from '@/core/expression/evaluator/budget';
import type { Scope } from '@/core/expression/evaluator/scope';

/** Time and chance as an attempt recorded them, so that a repetition sees the same. */
export interface EvaluationClock {
  readonly nowMs: number;
  /** In [0, 1); see `seededRandom`. */
  readonly random: () => number;
}

export interface Evaluation {
  /** `$$`: the frame of the run. */
  readonly root: unknown;
  readonly clock: EvaluationClock;
  readonly budget: Budget;
  /** Offset in the source of what ran last, for messages. */
  position: number;
  evaluate(node: ExpressionNode, context: unknown, scope: Scope): unknown;
  /**
   * @param target must be a function, otherwise the expression fails
   * @param context stands in for a missing first argument of functions that allow it
   */
  call(target: unknown, args: readonly unknown[], context?: unknown): unknown;
}
