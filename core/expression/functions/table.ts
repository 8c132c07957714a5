/** The functions every expression can call, by name. Refuses `$eval`: text never becomes an expression at run time. */

import type { NativeFunction } from '@/core/expression/evaluator/values';
import { listFunctions } from '@/core/expression/functions/lists';
import { numberFunctions } from '@/core/expression/functions/numbers';
import { objectFunctions } from '@/core/expression/functions/objects';
import { patternFunctions } from '@/core/expression/functions/patterns';
import { pictureFunctions } from '@/core/expression/functions/pictures';
import { stringFunctions } from '@/core/expression/functions/strings';

export const builtInFunctions: ReadonlyMap<string, NativeFunction> = new Map(
  [
    ...stringFunctions,
    ...patternFunctions,
    ...numberFunctions,
    ...pictureFunctions,
    ...listFunctions,
    ...objectFunctions,
  ].map((definition) => [definition.name, definition]),
);

export const functionNames: ReadonlySet<string> = new Set(builtInFunctions.keys());
