/**
 * Reads the source of a code step: whether it parses, whether it is a module of the kind that can be run, and what
 * JavaScript is left of it without its types. Positions stay where they were, so that every line and column that an error
 * names is one the author sees. Refuses what the sandbox could not give: imports. Bounded: a parser of TypeScript tries
 * ways again and again, so what it reads is counted.
 */
import { tsPlugin } from '@sveltejs/acorn-typescript';
import { type Options, Parser, type Program } from 'acorn';
import { type AstNode, nodesIn } from '@/core/code/ast';
import { stripTypes } from '@/core/code/strip-types';
import { limits } from '@/core/limits';

/** A fault and where it is; lines and columns count from 1. */
export interface SourceFault {
  readonly line: number;
  readonly column: number;
  /** A sentence without the place. */
  readonly message: string;
}

export type SourceReading =
  | { readonly isValid: true; readonly code: string }
  | { readonly isValid: false; readonly fault: SourceFault };

/** What QuickJS runs. */
const options: Options = { ecmaVersion: 2023, sourceType: 'module' };

class OutOfFuel extends Error {}

/** What acorn calls for each token it reads, and calls again when it tries another way; its types do not name it. */
type TokenReader = new (options: Options, input: string) => Parser & { nextToken(): void };

function metered(Base: typeof Parser): typeof Parser {
  class Metered extends (Base as unknown as TokenReader) {
    private fuel = limits.codeParseFuel;

    override nextToken(): void {
      this.fuel -= 1;
      if (this.fuel < 0) throw new OutOfFuel();
      super.nextToken();
    }
  }
  return Metered as unknown as typeof Parser;
}

const TypeScriptParser = Parser.extend(tsPlugin(), metered);

/** A fault with its place as an offset. */
interface FaultAt {
  readonly at: number;
  readonly message: string;
}

/**
 * @param source a module in JavaScript or TypeScript
 * @returns JavaScript of the same length, line by line, or the first fault
 */
export function readSource(source: string): SourceReading {
  const refuse = ({ at, message }: FaultAt): SourceReading => ({
    isValid: false,
    fault: { ...placeOf(source, at), message },
  });
  if (source.length > limits.codeSourceLength) {
    return refuse({ at: 0, message: `The code is longer than ${limits.codeSourceLength} characters.` });
  }
  const nul = source.indexOf('\0');
  if (nul >= 0) return refuse({ at: nul, message: 'The code holds a NUL character.' });
  const plain = parse(source);
  if ('tree' in plain) return judged(source, source, plain.tree, refuse);
  const typed = parseTyped(source);
  if ('fault' in typed) {
    // The parser that came further has understood more of it.
    return refuse(typed.fault.at > plain.fault.at ? typed.fault : plain.fault);
  }
  const stripped = stripTypes(source, typed.tree);
  if ('fault' in stripped) return refuse(stripped.fault);
  const rest = parse(stripped.code);
  return 'tree' in rest ? judged(source, stripped.code, rest.tree, refuse) : refuse(rest.fault);
}

function judged(source: string, code: string, tree: Program, refuse: (fault: FaultAt) => SourceReading): SourceReading {
  const fault = moduleFault(source, tree as unknown as AstNode);
  return fault === null ? { isValid: true, code } : refuse(fault);
}

function parse(source: string): { readonly tree: Program } | { readonly fault: FaultAt } {
  try {
    return { tree: Parser.parse(source, options) };
  } catch (error) {
    return { fault: asFault(error) };
  }
}

function parseTyped(source: string): { readonly tree: AstNode } | { readonly fault: FaultAt } {
  try {
    return { tree: TypeScriptParser.parse(source, options) as unknown as AstNode };
  } catch (error) {
    return { fault: asFault(error) };
  }
}

/** @throws what is not a fault of the source */
function asFault(error: unknown): FaultAt {
  if (error instanceof OutOfFuel) {
    return { at: 0, message: 'The types of this code take too long to read. Write it simpler, or without types.' };
  }
  if (error instanceof RangeError) return { at: 0, message: 'The code is nested too deeply.' };
  if (!(error instanceof SyntaxError)) throw error;
  const at = 'pos' in error && typeof error.pos === 'number' ? error.pos : 0;
  const message = error.message.replace(/ \(\d+:\d+\)$/, '').replace(/\.?$/, '.');
  return { at, message: message.startsWith('Not enough stack') ? 'The code is nested too deeply.' : message };
}

const functionTypes: ReadonlySet<string> = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
]);
/** Expressions of which it is certain that they are no function. */
const otherTypes: ReadonlySet<string> = new Set([
  'Literal',
  'TemplateLiteral',
  'ObjectExpression',
  'ArrayExpression',
  'ClassDeclaration',
  'ClassExpression',
]);

/** What makes it no module that can be run: imports, or no function by default. */
function moduleFault(source: string, tree: AstNode): FaultAt | null {
  let hasDefault = false;
  for (const node of nodesIn(tree)) {
    if (importTypes.has(node.type) && (node.type !== 'ExportNamedDeclaration' || node.source != null)) {
      return { at: node.start, message: 'Code cannot import: it knows nothing but its input.' };
    }
    if (node.type === 'MetaProperty' && source.startsWith('import', node.start)) {
      return { at: node.start, message: '"import.meta" does not exist here.' };
    }
    if (node.type === 'ExportDefaultDeclaration') {
      hasDefault = true;
      const { type } = node.declaration as AstNode;
      if (!functionTypes.has(type) && otherTypes.has(type)) {
        return { at: node.start, message: 'The default export must be a function: it is called with the input.' };
      }
    }
    if (node.type === 'ExportSpecifier' && exportedName(node) === 'default') hasDefault = true;
  }
  return hasDefault
    ? null
    : { at: 0, message: 'A default function is missing. Begin with: export default function (input) { … }' };
}

const importTypes: ReadonlySet<string> = new Set([
  'ImportDeclaration',
  'ImportExpression',
  'ExportAllDeclaration',
  'ExportNamedDeclaration',
]);

const exportedName = ({ exported }: AstNode): unknown => {
  const { name, value } = exported as AstNode;
  return name ?? value;
};

/** Line and column of an offset, both from 1. */
function placeOf(source: string, at: number): { readonly line: number; readonly column: number } {
  const before = source.slice(0, at).split(/\r\n|[\n\r\u2028\u2029]/);
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
