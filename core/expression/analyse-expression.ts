/**
 * Reads from a syntax tree what an expression refers to, and finds the mistakes that JSONata would turn into silence:
 * an unknown name or function evaluates to nothing there, and a field would simply be missing at run time. Refuses to
 * guess at what is chosen while it runs (`$lookup(steps, …)`); it only says that such a choice is made.
 */

import { isHeadraceError } from '@/core/errors';
import { type ExpressionNode, forEachChild, type NameNode, type PathNode } from '@/core/expression/ast';
import { functionNames } from '@/core/expression/functions/table';
import { regularExpression } from '@/core/expression/regular-expression';
import { limits } from '@/core/limits';

/** The names an expression may begin with. */
export const expressionRoots = ['event', 'steps', 'run', 'vars', 'item', 'index', 'error'] as const;
export type ExpressionRoot = (typeof expressionRoots)[number];

const isRoot = (name: string): name is ExpressionRoot => (expressionRoots as readonly string[]).includes(name);

export interface ExpressionReferences {
  readonly roots: ReadonlySet<ExpressionRoot>;
  /** Ids in `steps.<id>`. */
  readonly steps: ReadonlySet<string>;
  /** Names in `vars.<name>`. */
  readonly vars: ReadonlySet<string>;
  /** Whether `steps` is also used as a whole, so that a step may be chosen while the expression runs. */
  readonly hasDynamicSteps: boolean;
}

/** A place in the tree where `steps` is followed by a name: what a rename has to touch. */
export interface StepReference {
  readonly id: string;
  /** Offset in the source after the token that names the step. */
  readonly end: number;
}

export interface ExpressionFinding {
  readonly code: 'expression.invalid' | 'expression.limit';
  readonly message: string;
  /** Offset in the source after the token at fault. */
  readonly end: number;
}

export interface ExpressionAnalysis {
  readonly references: ExpressionReferences;
  readonly stepReferences: readonly StepReference[];
  readonly findings: readonly ExpressionFinding[];
  readonly warnings: readonly ExpressionFinding[];
}

interface Walk {
  readonly roots: Set<ExpressionRoot>;
  readonly steps: Set<string>;
  readonly vars: Set<string>;
  readonly stepReferences: StepReference[];
  readonly findings: ExpressionFinding[];
  readonly warnings: ExpressionFinding[];
  readonly localNames: Set<string>;
  hasDynamicSteps: boolean;
}

/** @param tree as parsed from one expression whose context is the frame of a run */
export function analyseExpression(tree: ExpressionNode): ExpressionAnalysis {
  const walk: Walk = {
    roots: new Set(),
    steps: new Set(),
    vars: new Set(),
    stepReferences: [],
    findings: [],
    warnings: [],
    localNames: new Set(),
    hasDynamicSteps: false,
  };
  if (isNestedOver(tree, limits.expressionDepth)) {
    walk.findings.push({ code: 'expression.limit', message: 'The expression is nested too deeply.', end: 0 });
  } else {
    collectLocalNames(tree, walk.localNames);
    visit(tree, true, walk);
  }
  const { roots, steps, vars, hasDynamicSteps, stepReferences, findings, warnings } = walk;
  return { references: { roots, steps, vars, hasDynamicSteps }, stepReferences, findings, warnings };
}

function isNestedOver(node: ExpressionNode, depth: number): boolean {
  if (depth === 0) {
    return true;
  }
  let isOver = false;
  forEachChild(node, (child) => {
    isOver ||= isNestedOver(child, depth - 1);
  });
  return isOver;
}

/** Every `$name` the expression itself gives a meaning. */
function collectLocalNames(node: ExpressionNode, names: Set<string>): void {
  const bound = [
    ...(node.type === 'bind' ? [node.lhs.value] : []),
    ...(node.type === 'lambda' ? node.arguments.map((argument) => argument.value) : []),
    node.focus,
    node.index,
    ...(node.stages ?? []).map(indexName),
  ];
  for (const name of bound) {
    if (name !== undefined) {
      names.add(name);
    }
  }
  forEachChild(node, (child) => collectLocalNames(child, names));
}

const indexName = (stage: NonNullable<ExpressionNode['stages']>[number]): string | undefined =>
  stage.type === 'index' ? stage.value : undefined;

/** @param isAtFrame whether bare names mean the roots of the frame here */
function visit(node: ExpressionNode, isAtFrame: boolean, walk: Walk): void {
  switch (node.type) {
    case 'path':
      visitPathStart(node, isAtFrame, walk);
      break;
    case 'variable':
      checkVariable(node.value, node.position, isAtFrame, walk);
      break;
    case 'wildcard':
    case 'descendant':
      if (isAtFrame) {
        report(walk, 'A wildcard at the beginning would match everything: begin with a name such as event.', node);
      }
      break;
    case 'regex':
      checkRegex(node.value, node, walk);
      break;
    case 'lambda':
      if (/^[^:]*\+[-?]*[a-z(]/.test(node.signature?.definition ?? '')) {
        report(walk, 'A function signature can repeat only its last parameter.', node);
      }
      break;
    default:
      break;
  }
  const skipsFirstStep = node.type === 'path' && startsAtFrame(node, isAtFrame);
  forEachChild(node, (child, context) => {
    const isFirstStep = skipsFirstStep && child === node.steps[0];
    if (isFirstStep) {
      forEachChild(child, (grandchild) => visit(grandchild, false, walk));
    } else if (!isUnprefixedCall(node, child, walk)) {
      visit(child, isAtFrame && context === 'same', walk);
    }
  });
}

/** Whether the path begins with a name of the frame, `$$.name`, or `$.name` where `$` is the frame. */
function startsAtFrame(path: PathNode, isAtFrame: boolean): boolean {
  const first = path.steps[0];
  if (first?.type === 'variable') {
    return path.steps[1]?.type === 'name' && (first.value === '$' || (first.value === '' && isAtFrame));
  }
  return first?.type === 'name' && isAtFrame;
}

function visitPathStart(path: PathNode, isAtFrame: boolean, walk: Walk): void {
  if (!startsAtFrame(path, isAtFrame)) {
    warnOfLostRoot(path, walk);
    return;
  }
  const at = path.steps[0]?.type === 'variable' ? 1 : 0;
  const root = path.steps[at] as NameNode;
  if (!isRoot(root.value)) {
    report(walk, unknownName(root.value), root);
    return;
  }
  walk.roots.add(root.value);
  const member = path.steps[at + 1];
  const isPlain = member?.type === 'name' && !root.stages && !root.predicate;
  if (root.value === 'steps') {
    if (isPlain) {
      walk.steps.add(member.value);
      walk.stepReferences.push({ id: member.value, end: member.position ?? 0 });
    } else {
      walk.hasDynamicSteps = true;
    }
  }
  if (root.value === 'vars' && isPlain) {
    walk.vars.add(member.value);
  }
}

/** Names that are roots far more often than they are members of an item. */
const likelyRoots = new Set(['event', 'steps', 'vars']);

/** Inside `[…]` and behind a dot, names belong to the item; `items[id = steps.a.output.id]` finds nothing, silently. */
function warnOfLostRoot(path: PathNode, walk: Walk): void {
  const [first, second] = path.steps;
  if (first?.type === 'name' && likelyRoots.has(first.value) && second?.type === 'name') {
    const message = `Here ${first.value} means a member of each item. Write $$.${first.value} for the one of the run.`;
    walk.warnings.push({ code: 'expression.invalid', message, end: first.position ?? 0 });
  }
}

const eventFields = new Set(['id', 'source', 'type', 'subject', 'time', 'data']);

function unknownName(name: string): string {
  const known = `Names begin with ${expressionRoots.slice(0, -1).join(', ')} or ${expressionRoots.at(-1)}`;
  const guess = eventFields.has(name)
    ? `event.${name}`
    : name === 'output'
      ? 'steps.<id>.output'
      : `event.data.${name}`;
  return `Unknown name ${name}. Did you mean ${guess}? ${known}.`;
}

function checkVariable(name: string, position: number | undefined, isAtFrame: boolean, walk: Walk): void {
  const place = { position };
  if (name === '$' || (name === '' && isAtFrame)) {
    report(walk, `$${name} alone stands for everything at once: add a name, such as $${name}.event.`, place);
  } else if (name === 'eval') {
    report(walk, '$eval is not available: an expression cannot run text as another expression.', place);
  } else if (name !== '' && !walk.localNames.has(name) && !functionNames.has(name)) {
    const lower = name.toLowerCase();
    const similar = [...functionNames].find((known) => known.toLowerCase() === lower);
    report(walk, `Unknown name $${name}.${similar ? ` Did you mean $${similar}?` : ''}`, place);
  }
}

function checkRegex(literal: RegExp, node: { readonly position?: number }, walk: Walk): void {
  try {
    regularExpression(literal);
  } catch (error) {
    if (!isHeadraceError(error)) {
      throw error;
    }
    report(walk, error.message, node);
  }
}

/** `sum(x)` for `$sum(x)`: said once, and not also as an unknown name. */
function isUnprefixedCall(node: ExpressionNode, child: ExpressionNode, walk: Walk): boolean {
  if ((node.type !== 'function' && node.type !== 'partial') || child !== node.procedure || child.type !== 'path') {
    return false;
  }
  const name = child.steps.length === 1 && child.steps[0]?.type === 'name' ? child.steps[0].value : undefined;
  if (name === undefined || !functionNames.has(name)) {
    return false;
  }
  report(walk, `Functions begin with a dollar sign: did you mean $${name}?`, node);
  return true;
}

function report(walk: Walk, message: string, node: { readonly position?: number }): void {
  walk.findings.push({ code: 'expression.invalid', message, end: node.position ?? 0 });
}
