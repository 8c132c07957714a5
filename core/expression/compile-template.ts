/**
 * Prepares a JSON value with `{{ … }}` in its strings for repeated evaluation: parsing costs tens of microseconds and
 * happens once per flow version, here. Collects every fault instead of stopping at the first. Refuses to look inside
 * object keys: they are names, not templates.
 */

import { type Fault, isHeadraceError } from '@/core/errors';
import type { ExpressionReferences, ExpressionRoot } from '@/core/expression/analyse-expression';
import type { ExpressionNode } from '@/core/expression/ast';
import { startOfToken } from '@/core/expression/lexer';
import { readExpression } from '@/core/expression/read-expression';
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
  /** Has a fault; evaluating it fails with that. */
  | { readonly kind: 'broken'; readonly fault: ExpressionFault }
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
  readonly warnings: ExpressionFault[];
  readonly roots: Set<ExpressionRoot>;
  readonly steps: Set<string>;
  readonly vars: Set<string>;
  hasDynamicSteps: boolean;
}

export interface TemplateCompilation {
  /** With faults it may still be read for its references; evaluating what has a fault fails. */
  readonly template: CompiledTemplate;
  readonly faults: readonly ExpressionFault[];
  /** What will run, but hardly as it was meant. */
  readonly warnings: readonly ExpressionFault[];
}

/**
 * Compiles every expression in `value`.
 * @param value any JSON; strings hold templates, everything else stands for itself
 * @param options.pointer prefix of the pointers in faults, such as `/steps/3/config`
 * @returns a template, and all faults and warnings, in document order
 */
export function compileTemplate(value: JsonValue, options: { readonly pointer?: string } = {}): TemplateCompilation {
  const work: Compilation = {
    faults: [],
    warnings: [],
    roots: new Set(),
    steps: new Set(),
    vars: new Set(),
    hasDynamicSteps: false,
  };
  const root = compileRoot(value, options.pointer ?? '', work);
  const { faults, warnings, ...references } = work;
  return { template: { isConstant: root.kind === 'constant', references, root }, faults, warnings };
}

function compileRoot(value: JsonValue, pointer: string, work: Compilation): TemplateNode {
  if (hasDepthOver(value, limits.jsonDepth)) {
    const message = `The value is nested deeper than ${limits.jsonDepth} levels.`;
    return broken(work, { code: 'expression.limit', message, pointer, offset: 0 });
  }
  return compileNode(value, pointer, work);
}

function broken(work: Compilation, fault: ExpressionFault): TemplateNode {
  work.faults.push(fault);
  return { kind: 'broken', fault };
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
  const faultsBefore = work.faults.length;
  const parts: (string | CompiledExpression)[] = [];
  for (const part of scanTemplate(text)) {
    switch (part.kind) {
      case 'text':
        parts.push(part.text);
        break;
      case 'unclosed':
        broken(work, { code: 'expression.invalid', message: unclosedMessage(part), pointer, offset: part.start });
        break;
      case 'expression':
        parts.push(...compileExpression(part.source, pointer, part.sourceStart, work));
        break;
    }
  }
  const fault = work.faults[faultsBefore];
  if (fault) {
    return { kind: 'broken', fault };
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

/** @returns the expression, or nothing when it has faults, which are then reported */
function compileExpression(source: string, pointer: string, offset: number, work: Compilation): CompiledExpression[] {
  if (source.trim() === '') {
    const message = 'There is no expression between {{ and }}.';
    broken(work, { code: 'expression.invalid', message, pointer, offset });
    return [];
  }
  const place = (end: number) => ({ pointer, offset: offset + startOfToken(source, end) });
  try {
    const { tree, analysis } = readExpression(source);
    const { references, findings, warnings } = analysis;
    work.faults.push(...findings.map(({ code, message, end }) => ({ code, message, ...place(end) })));
    work.warnings.push(
      ...warnings.map(({ code, message, end }) => ({ code, message, ...place(end), severity: 'warning' as const })),
    );
    addAll(work.roots, references.roots);
    addAll(work.steps, references.steps);
    addAll(work.vars, references.vars);
    work.hasDynamicSteps ||= references.hasDynamicSteps;
    return findings.length > 0 ? [] : [{ source, tree, pointer, offset }];
  } catch (error) {
    if (!isHeadraceError(error)) {
      throw error;
    }
    broken(work, { code: error.code, message: error.message, ...place(Number(error.details.end ?? 0)) });
    return [];
  }
}

function addAll<T>(target: Set<T>, source: ReadonlySet<T>): void {
  for (const item of source) {
    target.add(item);
  }
}
