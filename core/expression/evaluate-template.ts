/**
 * Evaluates compiled templates against what a step can see. Synchronous: an expression has nothing to wait for, and a
 * promise per node was most of what evaluation used to cost. Refuses to change the frame, and to run beyond its limits.
 */

import { HeadraceError, isHeadraceError } from '@/core/errors';
import type { CompiledExpression, CompiledTemplate, TemplateNode } from '@/core/expression/compile-template';
import { Budget } from '@/core/expression/evaluator/budget';
import type { EvaluationClock } from '@/core/expression/evaluator/evaluation';
import { Evaluator } from '@/core/expression/evaluator/evaluator';
import { OutputMeter, toJson } from '@/core/expression/evaluator/output';
import { Scope } from '@/core/expression/evaluator/scope';
import { toText } from '@/core/expression/evaluator/text';
import { isTrue, setMember } from '@/core/expression/evaluator/values';
import { startOfToken } from '@/core/expression/lexer';
import type { JsonObject, JsonValue } from '@/core/json';
import { limits } from '@/core/limits';

/** What expressions can see. An absent member evaluates to nothing. Never changed; parts of it may be in the result. */
export interface ExpressionFrame {
  readonly event?: JsonValue;
  readonly steps?: JsonObject;
  readonly run?: JsonValue;
  readonly vars?: JsonObject;
  readonly item?: JsonValue;
  readonly index?: number;
  readonly error?: JsonValue;
}

/** A template with many expressions may spend what five of them could: a quarter of a second, not a minute. */
const templateFuel = 5 * limits.expressionFuel;

interface TemplateRun {
  readonly frame: ExpressionFrame;
  readonly clock: EvaluationClock;
  readonly meter: OutputMeter;
  fuel: number;
}

/**
 * @param template from `compileTemplate`; constant parts are returned as they were written, not copied
 * @param frame plain JSON, may be frozen
 * @param clock what `$now`, `$millis` and `$random` answer; the same clock gives the same result
 * @returns the value, to be treated as immutable because it shares parts with the frame; undefined when the whole
 *   template is one expression without a result. Inside, such an expression drops the member of an object and leaves
 *   null in an array, whose other items keep their places
 * @throws HeadraceError `expression.failed`, `expression.limit`, or `expression.missing` when an expression inside
 *   text has no value; `details.pointer` and `details.offset` say where
 */
export function evaluateTemplate(
  template: CompiledTemplate,
  frame: ExpressionFrame,
  clock: EvaluationClock,
): JsonValue | undefined {
  return evaluateNode(template.root, { frame, clock, meter: new OutputMeter(), fuel: templateFuel });
}

function evaluateNode(node: TemplateNode, run: TemplateRun): JsonValue | undefined {
  switch (node.kind) {
    case 'constant':
      return node.value;
    case 'broken':
      throw new HeadraceError('expression.invalid', node.fault.message, {
        details: { pointer: node.fault.pointer, offset: node.fault.offset },
      });
    case 'value':
      return evaluateExpression(node.expression, run, (result) => toJson(result, run.meter));
    case 'text': {
      const text = node.parts
        .map((part) => (typeof part === 'string' ? part : evaluateExpression(part, run, textOf(part))))
        .join('');
      run.meter.add(text.length + 2);
      return text;
    }
    case 'array':
      return node.items.map((item) => evaluateNode(item, run) ?? null);
    case 'object': {
      const result: JsonObject = {};
      for (const [key, member] of node.members) {
        const value = evaluateNode(member, run);
        if (value !== undefined) {
          setMember(result, key, value);
        }
      }
      return result;
    }
  }
}

/** `DELETE /reservations/` and `/reservations/null` must not happen: inside text, nothing and null are errors. */
const textOf =
  (expression: CompiledExpression) =>
  (result: unknown, evaluator: Evaluator): string => {
    if (result === undefined || result === null) {
      const what = result === null ? 'is null' : 'has no value';
      throw new HeadraceError(
        'expression.missing',
        `{{${shorten(expression.source)}}} ${what}, and it stands inside text.`,
      );
    }
    const json = toJson(result, new OutputMeter());
    return toText(json, evaluator.budget);
  };

function evaluateExpression<T>(
  expression: CompiledExpression,
  run: TemplateRun,
  finish: (result: unknown, evaluator: Evaluator) => T,
): T {
  const fuel = Math.min(limits.expressionFuel, run.fuel);
  const evaluator = new Evaluator(run.frame, run.clock, new Budget(fuel));
  try {
    const result = finish(evaluator.evaluate(expression.tree, run.frame, new Scope()), evaluator);
    run.fuel -= fuel - evaluator.budget.remaining;
    return result;
  } catch (error) {
    throw locate(error, expression, evaluator.position);
  }
}

/** Says where it happened. What is no error of ours is the stack of JavaScript running out. */
function locate(error: unknown, expression: CompiledExpression, position: number): unknown {
  const details = {
    pointer: expression.pointer,
    offset: expression.offset + startOfToken(expression.source, position),
    expression: shorten(expression.source.trim()),
  };
  if (isHeadraceError(error)) {
    return new HeadraceError(error.code, error.message, { cause: error.cause, details });
  }
  if (isStackOverflow(error)) {
    return new HeadraceError('expression.limit', 'The expression is nested too deeply.', { details });
  }
  return error;
}

/** V8 and WebKit throw a RangeError, Firefox an InternalError. */
const isStackOverflow = (error: unknown): boolean =>
  error instanceof Error && /call stack|too much recursion/i.test(error.message);

const shortSourceLength = 80;

const shorten = (source: string): string =>
  source.length > shortSourceLength ? `${source.slice(0, shortSourceLength)}…` : source;

/**
 * JSONata's boolean rules: what `when`, `filter` and other conditions mean by true. Empty texts, arrays and objects,
 * zero, null and nothing are false; an array is true when one of its items is.
 */
export const isTruthy = (value: JsonValue | undefined): boolean => isTrue(value, new Budget());
