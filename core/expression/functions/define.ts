/** How built-in functions are written down: a name, a signature and what it does. */

import type { Evaluation } from '@/core/expression/evaluator/evaluation';
import { type Implementation, NativeFunction } from '@/core/expression/evaluator/values';
import { parametersOf } from '@/core/expression/functions/parameters';

/**
 * @param signature in JSONata's notation, see `parameters.ts`
 * @param arity how many arguments `$map` and its kin pass to it
 */
export const define = (name: string, signature: string, arity: number, run: Implementation): NativeFunction =>
  new NativeFunction(name, arity, run, parametersOf(signature));

/** The usual rule: a function of nothing is nothing. */
export const ofValue =
  <T>(run: (value: T, args: readonly unknown[], evaluation: Evaluation) => unknown): Implementation =>
  (args, evaluation) =>
    args[0] === undefined ? undefined : run(args[0] as T, args, evaluation);
