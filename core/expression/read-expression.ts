/**
 * Parses and analyses an expression, and remembers the result: a draft is validated at every pause of typing and again
 * when it is published and compiled, and most of its expressions have not changed. Refuses to remember more than a
 * bounded number; both steps are pure, so forgetting only costs time.
 */

import { analyseExpression, type ExpressionAnalysis } from '@/core/expression/analyse-expression';
import type { ExpressionNode } from '@/core/expression/ast';
import { parseExpression } from '@/core/expression/parse-expression';

export interface ReadExpression {
  readonly tree: ExpressionNode;
  readonly analysis: ExpressionAnalysis;
}

/** The expressions of a few large flows: about ten megabytes at most. */
const rememberedMax = 1000;
/** Long ones are rare and their trees large. */
const rememberedLengthMax = 500;

const remembered = new Map<string, ReadExpression>();

/**
 * @param source the text between the braces
 * @returns the tree, shared with other readers and never to be changed
 * @throws HeadraceError as `parseExpression` does
 */
export function readExpression(source: string): ReadExpression {
  const known = remembered.get(source);
  if (known) {
    return known;
  }
  const tree = parseExpression(source);
  const read = { tree, analysis: analyseExpression(tree) };
  if (source.length <= rememberedLengthMax) {
    const [oldest] = remembered.size >= rememberedMax ? remembered.keys() : [];
    if (oldest !== undefined) {
      remembered.delete(oldest);
    }
    remembered.set(source, read);
  }
  return read;
}
