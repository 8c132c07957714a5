/**
 * Turns the text of one expression into a checked syntax tree. The grammar is jsonata's; what is added here keeps the
 * parser itself bounded and finds at design time what would otherwise silently evaluate to nothing: misspelt names,
 * functions that do not exist, regular expressions that cannot run. Refuses to evaluate.
 */

import jsonata from 'jsonata';
import { HeadraceError } from '@/core/errors';
import { type ExpressionNode, forEachChild, markPlainPaths } from '@/core/expression/ast';
import { startOfToken, tokensOf } from '@/core/expression/lexer';
import { explainJsonataError } from '@/core/expression/messages';
import { limits } from '@/core/limits';

/** Tokens the parser may come to see, copies included: two hundred times what fits into a readable expression. */
const parserWorkMax = 20_000;

/**
 * Parses `source` (without the braces).
 * @throws HeadraceError `expression.invalid` or `expression.limit`; `details.end` is the offset in `source` behind the
 *   token at fault
 */
export function parseExpression(source: string): ExpressionNode {
  if (source.length > limits.expressionLength) {
    const message = `The expression is longer than ${limits.expressionLength} characters. Put longer logic into a code step.`;
    throw new HeadraceError('expression.limit', message, { details: { end: limits.expressionLength } });
  }
  refuseExcessiveWork(source);
  try {
    const tree = jsonata(source).ast() as unknown as ExpressionNode;
    restoreRegexes(tree, source);
    markPlainPaths(tree);
    return tree;
  } catch (cause) {
    if (cause instanceof RangeError) {
      throw new HeadraceError('expression.limit', 'The expression is nested too deeply.', { cause });
    }
    const { message, end } = explainJsonataError(cause);
    throw new HeadraceError('expression.invalid', message, { cause, details: { end } });
  }
}

/**
 * The parser is not linear in everything: for `a ?: b` and `a ?? b` it copies the tree of `a`, so that such operators
 * nested on their left double the tree each time. The copies are counted here before the parser makes them.
 */
function refuseExcessiveWork(source: string): void {
  const levels: { finished: number; current: number }[] = [{ finished: 0, current: 0 }];
  for (const token of tokensOf(source)) {
    const level = levels[levels.length - 1] ?? { finished: 0, current: 0 };
    const text = token.kind === 'operator' ? source.slice(token.start, token.end) : '';
    level.current += 1;
    if (text === '(' || text === '[' || text === '{') {
      levels.push({ finished: 0, current: 0 });
    } else if ((text === ')' || text === ']' || text === '}') && levels.length > 1) {
      levels.pop();
      const outer = levels[levels.length - 1];
      if (outer) {
        outer.current += level.finished + level.current;
      }
    } else if (text === '?:' || text === '??') {
      level.finished += 2 * level.current;
      level.current = 0;
    } else if (text === ',' || text === ';') {
      level.finished += level.current;
      level.current = 0;
    }
    if (levels.length > limits.expressionDepth || level.finished + level.current > parserWorkMax) {
      throw new HeadraceError('expression.limit', 'The expression is nested too deeply.', {
        details: { end: token.end },
      });
    }
  }
}

/**
 * The copies that the parser makes of the left side of `??` and `?:` go through JSON, which empties regular
 * expressions; they are made again from the source.
 */
function restoreRegexes(node: ExpressionNode, source: string): void {
  if (node.type === 'regex' && !(node.value instanceof RegExp)) {
    const end = node.position ?? 0;
    const written = source.slice(startOfToken(source, end), end);
    const close = written.lastIndexOf('/');
    node.value = new RegExp(written.slice(1, close), written.slice(close + 1));
  }
  forEachChild(node, (child) => restoreRegexes(child, source));
}
