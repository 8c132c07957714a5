/**
 * Prepares a JSON value with `{{ … }}` in its strings for repeated evaluation: parsing costs tens of microseconds and
 * happens once per flow version, here. Collects every fault instead of stopping at the first. Refuses to look inside
 * object keys: they are names, not templates.
 */

import { type Fault, isHeadraceError } from '@/core/errors';
import {
  analyseExpression,
  type ExpressionReferences,
  type ExpressionRoot,
} from '@/core/expression/analyse-expression';
import type { ExpressionNode } from '@/core/expression/ast';
import { parseExpression } from '@/core/expression/parse-expression';
import { hasExpression, scanTemplate, type TemplatePart } from '@/core/expression/scan-template';
import { hasDepthOver, type JsonValue, jsonPointer } from '@/core/json';
import { limits } from '@/core/limits';

/** One expression inside a template, and where it stands, for messages. */
export interface CompiledExpression {
  readonly source: string;
  readonly tree: ExpressionNode;
  /** Pointer of the string it stands in, relative to the template's `pointer`. */
  readonly pointer: string;
  /** Offset of `source` in that string. */
  readonly offset: number;
}

export type TemplateNode =
  | { readonly kind: 'constant'; readonly value: JsonValue }
  /** The string is exactly one expression: its result is the value. */
  | { readonly kind: 'value'; readonly expression: CompiledExpression }
  /** Results are joined with the text around them. */
  | { readonly kind: 'text'; readonly parts: readonly (string | CompiledExpression)[] }
  | { readonly kind: 'array'; readonly items: readonly TemplateNode[] }
  | { readonly kind: 'object'; readonly members: readonly (readonly [key: string, value: TemplateNode])[] };

export interface CompiledTemplate {
  /** No expression inside: evaluation returns the value as it was written, the same reference each time. */
  readonly isConstant: boolean;
  readonly references: ExpressionReferences;
  /** For the evaluator. */
  readonly root: TemplateNode;
}

/** A fault of one string. `offset` counts UTF-16 units from the start of that string. */
export interface ExpressionFault extends Fault {
  readonly offset: number;
}

interface Compilation {
  readonly faults: ExpressionFault[];
  readonly roots: Set<ExpressionRoot>;
  readonly steps: Set<string>;
  readonly vars: Set<string>;
  hasDynamicSteps: boolean;
}

/**
 * Compiles every expression in `value`.
 * @param value any JSON; strings hold templates, everything else stands for itself
 * @param options.pointer prefix of the pointers in faults, such as `/steps/3/config`
 * @returns a template and all faults; with faults the template may still be read for its references but fails when
 *   evaluated where the fault is
 */
export function compileTemplate(
  value: JsonValue,
  options: { readonly pointer?: string } = {},
): { readonly template: CompiledTemplate; readonly faults: readonly ExpressionFault[] } {
  const pointer = options.pointer ?? '';
  const work: Compilation = {
    faults: [],
    roots: new Set(),
    steps: new Set(),
    vars: new Set(),
    hasDynamicSteps: false,
  };
  let root: TemplateNode = { kind: 'constant', value };
  if (hasDepthOver(value, limits.jsonDepth)) {
    addFault(work, 'expression.limit', `The value is nested deeper than ${limits.jsonDepth} levels.`, pointer, 0);
  } else {
    root = compileNode(value, pointer, work);
  }
  const { faults, roots, steps, vars, hasDynamicSteps } = work;
  const references = { roots, steps, vars, hasDynamicSteps };
  return { template: { isConstant: root.kind === 'constant' && faults.length === 0, references, root }, faults };
}

function compileNode(value: JsonValue, pointer: string, work: Compilation): TemplateNode {
  if (typeof value === 'string') {
    return hasExpression(value) ? compileText(value, pointer, work) : { kind: 'constant', value };
  }
  if (typeof value !== 'object' || value === null) {
    return { kind: 'constant', value };
  }
  if (Array.isArray(value)) {
    const items = value.map((item, at) => compileNode(item, pointer + jsonPointer(at), work));
    return items.every(isConstant) ? { kind: 'constant', value } : { kind: 'array', items };
  }
  const members = Object.entries(value).map(
    ([key, member]) => [key, compileNode(member, pointer + jsonPointer(key), work)] as const,
  );
  return members.every(([, member]) => isConstant(member)) ? { kind: 'constant', value } : { kind: 'object', members };
}

const isConstant = (node: TemplateNode): boolean => node.kind === 'constant';

function compileText(text: string, pointer: string, work: Compilation): TemplateNode {
  const parts: (string | CompiledExpression)[] = [];
  for (const part of scanTemplate(text)) {
    switch (part.kind) {
      case 'text':
        parts.push(part.text);
        break;
      case 'unclosed':
        addFault(work, 'expression.invalid', unclosedMessage(part), pointer, part.start);
        return { kind: 'constant', value: text };
      case 'expression': {
        const expression = compileExpression(part.source, pointer, part.sourceStart, work);
        if (!expression) {
          return { kind: 'constant', value: text };
        }
        parts.push(expression);
        break;
      }
    }
  }
  const only = parts.length === 1 ? parts[0] : undefined;
  return typeof only === 'object' ? { kind: 'value', expression: only } : { kind: 'text', parts };
}

function unclosedMessage(part: Extract<TemplatePart, { kind: 'unclosed' }>): string {
  switch (part.openToken?.kind) {
    case 'string':
      return 'A quote inside {{ is opened and never closed.';
    case 'quotedName':
      return 'A name in backquotes inside {{ is not closed.';
    case 'comment':
      return 'A comment inside {{ is opened and never closed.';
    case 'regex':
      return 'A regular expression inside {{ is not closed by a slash.';
    default:
      return '{{ is opened and never closed with }}.';
  }
}

function compileExpression(
  source: string,
  pointer: string,
  offset: number,
  work: Compilation,
): CompiledExpression | undefined {
  if (source.trim() === '') {
    addFault(work, 'expression.invalid', 'There is no expression between {{ and }}.', pointer, offset);
    return undefined;
  }
  try {
    const { tree } = parseExpression(source);
    const { references, findings } = analyseExpression(tree);
    for (const finding of findings) {
      addFault(work, finding.code, finding.message, pointer, offset + finding.offset);
    }
    addAll(work.roots, references.roots);
    addAll(work.steps, references.steps);
    addAll(work.vars, references.vars);
    work.hasDynamicSteps ||= references.hasDynamicSteps;
    return findings.length > 0 ? undefined : { source, tree, pointer, offset };
  } catch (error) {
    if (!isHeadraceError(error)) {
      throw error;
    }
    addFault(work, error.code, error.message, pointer, offset + Number(error.details.offset ?? 0));
    return undefined;
  }
}

function addAll<T>(target: Set<T>, source: ReadonlySet<T>): void {
  for (const item of source) {
    target.add(item);
  }
}

function addFault(work: Compilation, code: string, message: string, pointer: string, offset: number): void {
  work.faults.push({ pointer, code, message, offset });
}
