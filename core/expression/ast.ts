/**
 * The syntax tree that the parser of jsonata 2.2 produces, as types. Its own declarations stop at a loose `ExprNode`;
 * the evaluator needs to be exhaustive over the kinds. Refuses to know more than the evaluator and the walks read.
 * Source: the post-parse stage of jsonata's parser.
 */

/** Marks that the parser may leave on any node. `position` is the offset where the node's own token ends. */
interface NodeMarks {
  readonly position?: number;
  /** `expr[]`: a single result stays an array. */
  readonly keepArray?: boolean;
  /** `[…]` behind an expression that is not a step of a path. */
  readonly predicate?: readonly FilterStage[];
  /** `[…]` and `#$i` behind a step of a path. */
  readonly stages?: readonly Stage[];
  /** `{…}` behind an expression. */
  readonly group?: GroupClause;
  /** The step binds names (`@$v`, `#$i`) or is the ancestor of a `%`: bindings travel with each item from here on. */
  readonly tuple?: boolean;
  /** `@$v`. */
  readonly focus?: string;
  /** `#$i`. */
  readonly index?: string;
  readonly ancestor?: AncestorSlot;
  /** An array constructor in a path: its result is one item and is not flattened. */
  readonly consarray?: boolean;
}

export interface AncestorSlot {
  readonly label: string;
}
export interface FilterStage {
  readonly type: 'filter';
  readonly expr: ExpressionNode;
}
export interface IndexStage {
  readonly type: 'index';
  readonly value: string;
}
export type Stage = FilterStage | IndexStage;
export type Pair = readonly [key: ExpressionNode, value: ExpressionNode];
export interface GroupClause {
  readonly lhs: readonly Pair[];
}

export interface PathNode extends NodeMarks {
  readonly type: 'path';
  readonly steps: readonly ExpressionNode[];
  readonly keepSingletonArray?: boolean;
  /** All steps when they are bare names; set by {@link markPlainPaths}, for the evaluator's shortest way. */
  plainNames?: readonly string[];
}
export interface NameNode extends NodeMarks {
  readonly type: 'name';
  readonly value: string;
}
export interface LiteralNode extends NodeMarks {
  readonly type: 'string' | 'number' | 'value';
  readonly value: string | number | boolean | null;
}
export interface VariableNode extends NodeMarks {
  readonly type: 'variable';
  /** Without the `$`: empty for the context, `$` for the root. */
  readonly value: string;
}
export type BinaryOperator =
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '&'
  | '..'
  | 'in'
  | 'and'
  | 'or';
export interface BinaryNode extends NodeMarks {
  readonly type: 'binary';
  readonly value: BinaryOperator;
  readonly lhs: ExpressionNode;
  readonly rhs: ExpressionNode;
}
export interface NegationNode extends NodeMarks {
  readonly type: 'unary';
  readonly value: '-';
  readonly expression: ExpressionNode;
}
export interface ArrayNode extends NodeMarks {
  readonly type: 'unary';
  readonly value: '[';
  readonly expressions: readonly ExpressionNode[];
}
export interface ObjectNode extends NodeMarks {
  readonly type: 'unary';
  readonly value: '{';
  readonly lhs: readonly Pair[];
}
export interface WildcardNode extends NodeMarks {
  readonly type: 'wildcard' | 'descendant';
}
export interface ParentNode extends NodeMarks {
  readonly type: 'parent';
  readonly slot: AncestorSlot;
}
export interface ConditionNode extends NodeMarks {
  readonly type: 'condition';
  readonly condition: ExpressionNode;
  readonly then: ExpressionNode;
  readonly else?: ExpressionNode;
}
export interface BlockNode extends NodeMarks {
  readonly type: 'block';
  readonly expressions: readonly ExpressionNode[];
}
export interface BindNode extends NodeMarks {
  readonly type: 'bind';
  readonly lhs: VariableNode;
  readonly rhs: ExpressionNode;
}
export interface RegexNode extends NodeMarks {
  readonly type: 'regex';
  /** Emptied where the parser copied the tree; the copy is mended once, after parsing. */
  value: RegExp;
}
export interface CallNode extends NodeMarks {
  /** `partial` when an argument is `?`. */
  readonly type: 'function' | 'partial';
  readonly procedure: ExpressionNode;
  readonly arguments: readonly ExpressionNode[];
}
/** What jsonata parses a signature (`<s-n?:s>`) into. Throws its coded errors from `validate`. */
export interface Signature {
  readonly definition: string;
  validate(args: readonly unknown[], context: unknown): unknown[];
}
export interface LambdaNode extends NodeMarks {
  readonly type: 'lambda';
  readonly arguments: readonly VariableNode[];
  readonly body: ExpressionNode;
  readonly signature?: Signature;
  /** A call in tail position, wrapped so that it can run without growing the stack. */
  readonly thunk?: boolean;
}
export interface ApplyNode extends NodeMarks {
  readonly type: 'apply';
  readonly lhs: ExpressionNode;
  readonly rhs: ExpressionNode;
}
export interface TransformNode extends NodeMarks {
  readonly type: 'transform';
  readonly pattern: ExpressionNode;
  readonly update: ExpressionNode;
  readonly delete?: ExpressionNode;
}
export interface SortNode extends NodeMarks {
  readonly type: 'sort';
  readonly terms: readonly { readonly descending: boolean; readonly expression: ExpressionNode }[];
}
/** The `?` among the arguments of a partial application. */
export interface PlaceholderNode extends NodeMarks {
  readonly type: 'operator';
  readonly value: '?';
}

export type ExpressionNode =
  | PathNode
  | NameNode
  | LiteralNode
  | VariableNode
  | BinaryNode
  | NegationNode
  | ArrayNode
  | ObjectNode
  | WildcardNode
  | ParentNode
  | ConditionNode
  | BlockNode
  | BindNode
  | RegexNode
  | CallNode
  | LambdaNode
  | ApplyNode
  | TransformNode
  | SortNode
  | PlaceholderNode;

/** How the context (what `$` and bare names mean) of a child relates to that of its parent node. */
export type ChildContext = 'same' | 'changed';
export type VisitChild = (child: ExpressionNode, context: ChildContext) => void;

/**
 * Calls `visit` for each direct child of `node`. Within a path only the first step sees the context of the path;
 * predicates, groups and sort terms see the items they work on.
 */
export function forEachChild(node: ExpressionNode, visit: VisitChild): void {
  switch (node.type) {
    case 'path':
      node.steps.forEach((step, at) => {
        visit(step, at === 0 ? 'same' : 'changed');
      });
      break;
    case 'binary':
    case 'apply':
      visit(node.lhs, 'same');
      visit(node.rhs, 'same');
      break;
    case 'unary':
      visitUnary(node, visit);
      break;
    case 'condition':
      visit(node.condition, 'same');
      visit(node.then, 'same');
      if (node.else) {
        visit(node.else, 'same');
      }
      break;
    case 'block':
      for (const expression of node.expressions) {
        visit(expression, 'same');
      }
      break;
    case 'bind':
      visit(node.rhs, 'same');
      break;
    case 'function':
    case 'partial':
      visit(node.procedure, 'same');
      for (const argument of node.arguments) {
        visit(argument, 'same');
      }
      break;
    case 'lambda':
      visit(node.body, 'same');
      break;
    case 'transform':
      visit(node.pattern, 'changed');
      visit(node.update, 'changed');
      if (node.delete) {
        visit(node.delete, 'changed');
      }
      break;
    case 'sort':
      for (const term of node.terms) {
        visit(term.expression, 'changed');
      }
      break;
    case 'name':
    case 'string':
    case 'number':
    case 'value':
    case 'variable':
    case 'wildcard':
    case 'descendant':
    case 'parent':
    case 'regex':
    case 'operator':
      break;
  }
  visitMarks(node, visit);
}

function visitUnary(node: NegationNode | ArrayNode | ObjectNode, visit: VisitChild): void {
  switch (node.value) {
    case '-':
      visit(node.expression, 'same');
      break;
    case '[':
      for (const expression of node.expressions) {
        visit(expression, 'same');
      }
      break;
    case '{':
      for (const pair of node.lhs) {
        visit(pair[0], 'same');
        visit(pair[1], 'same');
      }
      break;
  }
}

function visitMarks(node: ExpressionNode, visit: VisitChild): void {
  for (const stage of [...(node.predicate ?? []), ...(node.stages ?? [])]) {
    if (stage.type === 'filter') {
      visit(stage.expr, 'changed');
    }
  }
  for (const pair of node.group?.lhs ?? []) {
    visit(pair[0], 'changed');
    visit(pair[1], 'changed');
  }
}

/** Finds, once per expression, the paths that are nothing but names. */
export function markPlainPaths(node: ExpressionNode): void {
  if (node.type === 'path' && !node.group && !node.tuple && !node.keepSingletonArray) {
    const names = node.steps.filter(isPlainName).map((step) => step.value);
    if (names.length === node.steps.length) {
      node.plainNames = names;
    }
  }
  forEachChild(node, markPlainPaths);
}

const isPlainName = (step: ExpressionNode): step is NameNode =>
  step.type === 'name' && !step.stages && !step.predicate && !step.group && !step.tuple && !step.keepArray;
