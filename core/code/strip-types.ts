/**
 * Takes the types out of a parsed TypeScript module by writing blanks over them, so that what is left stands where it
 * stood. Refuses what is more than types (enums, namespaces, parameter properties, decorators): that would have to be
 * translated, and nobody would recognise the lines.
 */
import { type AstNode, childrenOf, isNode } from '@/core/code/ast';

export type Stripped =
  | { readonly code: string }
  | { readonly fault: { readonly at: number; readonly message: string } };

/** More than types, and what to write instead. */
const refused: Readonly<Record<string, string>> = {
  TSEnumDeclaration: 'An enum is more than a type. Write an object instead.',
  TSModuleDeclaration: 'A namespace is more than a type. Write plain functions instead.',
  TSImportEqualsDeclaration: 'Code cannot import: it knows nothing but its input.',
  TSExportAssignment: 'Write "export default" instead of "export =".',
  TSNamespaceExportDeclaration: 'A namespace cannot be exported.',
  TSParameterProperty: 'A property in the list of parameters is more than a type. Declare and assign it in the class.',
  Decorator: 'Decorators cannot be used here.',
};

const erased: ReadonlySet<string> = new Set([
  'TSTypeAnnotation',
  'TSTypeParameterDeclaration',
  'TSTypeParameterInstantiation',
]);
const erasedStatements: ReadonlySet<string> = new Set([
  'TSInterfaceDeclaration',
  'TSTypeAliasDeclaration',
  'TSDeclareFunction',
]);
const modifiers = /\b(?:public|private|protected|readonly|override)\b/g;
const trivia = /(?:\s|\/\/[^\n\r\u2028\u2029]*|\/\*[\s\S]*?\*\/)*/y;
const lineBreak = /[\n\r\u2028\u2029]/;

/** @param tree of the source, with the nodes that `@sveltejs/acorn-typescript` makes */
export function stripTypes(source: string, tree: AstNode): Stripped {
  const page = new Page(source);
  const pending = [tree];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (isErasedStatement(node)) {
      page.blank(node.start, node.end, ';');
      continue;
    }
    const message = refused[node.type];
    if (message !== undefined) return { fault: { at: node.start, message } };
    if (erased.has(node.type)) {
      page.blank(node.start, node.end);
      continue;
    }
    const handle = handlers[node.type];
    if (handle === undefined && node.type.startsWith('TS')) {
      return { fault: { at: node.start, message: 'This part of TypeScript cannot be used here.' } };
    }
    pending.push(...(handle?.(node, page) ?? childrenOf(node)));
  }
  return { code: page.text() };
}

/** Statements and class members of which nothing is left. */
function isErasedStatement(node: AstNode): boolean {
  const { type, declaration, value } = node;
  const isType = (of: unknown): boolean => isNode(of) && (erasedStatements.has(of.type) || of.declare === true);
  switch (type) {
    case 'ExportNamedDeclaration':
      return node.exportKind === 'type' || isType(declaration);
    case 'ExportDefaultDeclaration':
      return isType(declaration);
    case 'ImportDeclaration':
      return node.importKind === 'type';
    case 'MethodDefinition':
      return isNode(value) && value.type === 'TSDeclareMethod';
    case 'PropertyDefinition':
      return node.declare === true || node.abstract === true;
    case 'TSIndexSignature':
      return true;
    default:
      return isType(node);
  }
}

/** The source as it is being blanked. */
class Page {
  /** Where statements and members end. */
  readonly ends: number[] = [];
  private readonly units: string[];

  constructor(readonly source: string) {
    this.units = source.split('');
  }

  /** @param first put in place of the first character */
  blank(start: number, end: number, first = ' '): void {
    for (let at = start; at < end; at += 1) {
      if (!lineBreak.test(this.units[at] ?? '')) this.units[at] = at === start ? first : ' ';
    }
  }

  put(at: number, unit: string): void {
    this.units[at] = unit;
  }

  /** The next offset that is neither blank nor comment. */
  afterTrivia(at: number): number {
    trivia.lastIndex = at;
    return at + (trivia.exec(this.source)?.[0].length ?? 0);
  }

  /** Blanks the character behind `at`, if it is the one. */
  blankNext(at: number, unit: string): void {
    const next = this.afterTrivia(at);
    if (this.source[next] === unit) this.blank(next, next + 1);
  }

  text(): string {
    for (const end of this.ends) {
      const at = end - 1;
      const wasBlanked = this.units[at] === ' ' && this.source[at] !== ' ';
      if (wasBlanked && this.source[at] !== ';') this.units[at] = ';';
    }
    return this.units.join('');
  }
}

/** What to do at a node, and which nodes to visit below it: all, unless something is returned. */
type Handler = (node: AstNode, page: Page) => readonly AstNode[] | undefined;

const nodesOf = (value: unknown): readonly AstNode[] =>
  Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : [];

/** `x as T`: the word is the first thing behind the expression and its brackets. */
const castBehind: Handler = (node, page) => {
  const [expression] = nodesOf(node.expression);
  let at = page.afterTrivia(expression?.end ?? node.start);
  while (page.source[at] === ')') at = page.afterTrivia(at + 1);
  page.blank(at, node.end);
  return nodesOf(node.expression);
};

/** A statement that ended with a type ended there; without it, the next line could belong to it. */
const statements: Handler = (node, page) => {
  for (const statement of nodesOf(Array.isArray(node.body) ? node.body : node.consequent)) {
    if (!isErasedStatement(statement)) page.ends.push(statement.end);
  }
  return undefined;
};

const functionLike: Handler = (node, page) => {
  const [first] = nodesOf(node.params);
  if (first?.type === 'Identifier' && first.name === 'this') {
    page.blank(first.start, first.end);
    page.blankNext(first.end, ',');
  }
  const [returned] = nodesOf(node.returnType);
  if (node.type === 'ArrowFunctionExpression' && returned !== undefined) {
    const written = page.source.slice(returned.start, returned.end);
    if (lineBreak.test(written)) {
      // No line may break before the arrow: the bracket moves down to it.
      page.blank(returned.start, returned.end);
      page.blank(page.source.lastIndexOf(')', returned.start), returned.start);
      page.put(returned.end - 1, ')');
      return childrenOf(node).filter((child) => child !== returned && child !== first);
    }
  }
  return childrenOf(node).filter((child) => child !== first || first.name !== 'this');
};

const member: Handler = (node, page) => {
  const [key] = nodesOf(node.key);
  if (key === undefined) return undefined;
  const head = page.source.slice(node.start, key.start);
  for (const { index, 0: word } of head.matchAll(modifiers)) {
    const at = node.start + index;
    // The member before it may have ended without a semicolon.
    page.blank(at, at + word.length, index === 0 ? ';' : ' ');
  }
  let behind = key.end;
  if (node.computed === true) behind = page.source.indexOf(']', page.afterTrivia(key.end)) + 1;
  page.blankNext(behind, '?');
  page.blankNext(behind, '!');
  return undefined;
};

const classLike: Handler = (node, page) => {
  if (node.abstract === true) page.blank(node.start, node.start + 'abstract'.length);
  const interfaces = nodesOf(node.implements);
  const [first] = interfaces;
  const last = interfaces.at(-1);
  if (first === undefined || last === undefined) return undefined;
  page.blank(page.source.lastIndexOf('implements', first.start), last.end);
  return childrenOf(node).filter((child) => !interfaces.includes(child));
};

const handlers: Readonly<Record<string, Handler>> = {
  TSAsExpression: castBehind,
  TSSatisfiesExpression: castBehind,
  TSNonNullExpression: (node, page) => {
    page.blank(node.end - 1, node.end);
    return nodesOf(node.expression);
  },
  TSTypeAssertion: (node, page) => {
    const [type] = nodesOf(node.typeAnnotation);
    page.blank(node.start, page.source.indexOf('>', type?.end ?? node.start) + 1);
    return nodesOf(node.expression);
  },
  TSInstantiationExpression: childrenOf,
  Identifier: (node, page) => {
    if (node.optional === true) page.blankNext(node.start + String(node.name).length, '?');
    return undefined;
  },
  VariableDeclarator: (node, page) => {
    const [id] = nodesOf(node.id);
    if (node.definite === true && id !== undefined) page.blankNext(id.start + String(id.name).length, '!');
    return undefined;
  },
  ExportSpecifier: (node, page) => {
    if (node.exportKind !== 'type') return undefined;
    page.blank(node.start, node.end);
    page.blankNext(node.end, ',');
    return [];
  },
  FunctionDeclaration: functionLike,
  FunctionExpression: functionLike,
  ArrowFunctionExpression: functionLike,
  PropertyDefinition: member,
  MethodDefinition: member,
  ClassDeclaration: classLike,
  ClassExpression: classLike,
  Program: statements,
  BlockStatement: statements,
  StaticBlock: statements,
  ClassBody: statements,
  SwitchCase: statements,
};
