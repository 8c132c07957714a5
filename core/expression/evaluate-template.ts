/** temporary */
import jsonata from 'jsonata';
import { HeadraceError } from '@/core/errors';
import type { CompiledExpression, CompiledTemplate, TemplateNode } from '@/core/expression/compile-template';
import type { JsonObject, JsonValue } from '@/core/json';

/** What expressions can see. Absent members evaluate to nothing. Never mutated. */
export interface ExpressionFrame {
  readonly event?: JsonValue;
  readonly steps?: JsonObject;
  readonly run?: JsonValue;
  readonly vars?: JsonObject;
  readonly item?: JsonValue;
  readonly index?: number;
  readonly error?: JsonValue;
}

/** Time and chance as an attempt recorded them, so that a repetition sees the same. */
export interface EvaluationClock {
  readonly nowMs: number;
  /** In [0, 1); see `seededRandom`. */
  readonly random: () => number;
}

export async function evaluateTemplate(
  template: CompiledTemplate,
  frame: ExpressionFrame,
  clock: EvaluationClock,
): Promise<JsonValue | undefined> {
  return evaluateNode(template.root, frame, clock);
}

async function evaluateNode(
  node: TemplateNode,
  frame: ExpressionFrame,
  clock: EvaluationClock,
): Promise<JsonValue | undefined> {
  switch (node.kind) {
    case 'constant':
      return node.value;
    case 'value':
      return run(node.expression, frame, clock);
    case 'text': {
      let text = '';
      for (const part of node.parts) {
        if (typeof part === 'string') {
          text += part;
          continue;
        }
        const value = await run(part, frame, clock);
        if (value === undefined || value === null) {
          throw new HeadraceError('expression.missing', `{{${part.source}}} has no value.`);
        }
        text += typeof value === 'string' ? value : JSON.stringify(value);
      }
      return text;
    }
    case 'array':
      return Promise.all(node.items.map(async (item) => (await evaluateNode(item, frame, clock)) ?? null));
    case 'object': {
      const result: JsonObject = {};
      for (const [key, member] of node.members) {
        const value = await evaluateNode(member, frame, clock);
        if (value !== undefined) {
          result[key] = value;
        }
      }
      return result;
    }
  }
}

async function run(
  expression: CompiledExpression,
  frame: ExpressionFrame,
  clock: EvaluationClock,
): Promise<JsonValue | undefined> {
  try {
    const value: unknown = await jsonata(expression.source).evaluate(frame, {
      now: () => new Date(clock.nowMs).toISOString(),
      millis: () => clock.nowMs,
      random: clock.random,
    });
    return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as JsonValue);
  } catch (cause) {
    const message = (cause as { message?: string }).message ?? 'The expression failed.';
    throw new HeadraceError('expression.failed', message, { cause });
  }
}

/** JSONata's boolean rules: what `when` and `filter` mean by true. */
export function isTruthy(value: JsonValue | undefined): boolean {
  if (Array.isArray(value)) {
    return value.some(isTruthy);
  }
  return typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : Boolean(value);
}
