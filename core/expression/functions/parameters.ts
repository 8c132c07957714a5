/**
 * Checks the arguments of functions against JSONata signatures such as `<s-n?:s>`. The checker of the jsonata package
 * turns signatures into regular expressions and matches them with backtracking; this one is linear.
 *
 * A signature lists types: `s` text, `n` number, `b` boolean, `l` null, `o` object, `a` array, `f` function, `j` any
 * JSON, `x` anything, `(…)` a choice; behind a type `?` makes it optional, `-` lets the context stand in, `+` repeats
 * it, and `<…>` gives the type of an array's items. What follows `:` is the result and is not checked.
 */

import type { Budget } from '@/core/expression/evaluator/budget';
import { FunctionValue, fail, typeName } from '@/core/expression/evaluator/values';

interface Parameter {
  /** Type letters that are accepted; an array accepts all and wraps what is none. */
  readonly accepts: string;
  readonly isArray: boolean;
  readonly itemType: string | undefined;
  readonly isOptional: boolean;
  readonly usesContext: boolean;
  readonly isRepeated: boolean;
}

export interface Parameters {
  /**
   * @param name of the function, for messages
   * @param context stands in for a missing first argument where the signature says so
   * @returns the arguments in place, wrapped where an array is expected
   * @throws HeadraceError `expression.failed` naming the first argument that does not fit
   */
  accept(name: string, args: readonly unknown[], context: unknown, budget: Budget): readonly unknown[];
}

const known = new Map<string, Parameters>();
/** Signatures come from expressions, so their number is not ours to decide. */
const knownMax = 200;

export function parametersOf(signature: string): Parameters {
  let parameters = known.get(signature);
  if (!parameters) {
    parameters = makeParameters(parse(signature));
    if (known.size < knownMax) {
      known.set(signature, parameters);
    }
  }
  return parameters;
}

function makeParameters(parameters: readonly Parameter[]): Parameters {
  const required = parameters.filter((parameter) => !parameter.isOptional).length;
  const mayUseContext = parameters[0]?.usesContext === true;
  return {
    accept(name, args, context, budget) {
      const mismatch = args.length < required ? args.length : firstMismatch(parameters, args);
      if (mismatch < 0) {
        return wrap(name, parameters, args, budget);
      }
      const withContext = [context, ...args];
      if (mayUseContext && withContext.length >= required && firstMismatch(parameters, withContext) < 0) {
        return wrap(name, parameters, withContext, budget);
      }
      if (mismatch >= args.length) {
        return fail(`$${name} needs ${required} arguments and got ${args.length}.`);
      }
      return fail(`Argument ${mismatch + 1} of $${name} cannot be a value of type ${typeName(args[mismatch])}.`);
    },
  };
}

const parameterAt = (parameters: readonly Parameter[], at: number): Parameter | undefined => {
  const last = parameters[parameters.length - 1];
  return parameters[at] ?? (last?.isRepeated ? last : undefined);
};

/** Index of the first argument that has no parameter or the wrong type; -1 when all fit. */
function firstMismatch(parameters: readonly Parameter[], args: readonly unknown[]): number {
  return args.findIndex((arg, at) => {
    const parameter = parameterAt(parameters, at);
    return !parameter?.accepts.includes(letterOf(arg));
  });
}

function wrap(
  name: string,
  parameters: readonly Parameter[],
  args: readonly unknown[],
  budget: Budget,
): readonly unknown[] {
  if (!parameters.some((parameter) => parameter.isArray)) {
    return args;
  }
  return args.map((arg, at) => {
    const parameter = parameterAt(parameters, at);
    if (!parameter?.isArray || arg === undefined) {
      return arg;
    }
    const items: readonly unknown[] = Array.isArray(arg) ? arg : [arg];
    const { itemType } = parameter;
    if (itemType !== undefined) {
      budget.spendOnItems(items.length);
      if (items.some((item) => letterOf(item) !== itemType)) {
        fail(`Argument ${at + 1} of $${name} must be a list of ${itemNames[itemType] ?? 'such values'}.`);
      }
    }
    return items;
  });
}

const itemNames: Readonly<Record<string, string>> = {
  a: 'arrays',
  b: 'booleans',
  f: 'functions',
  n: 'numbers',
  o: 'objects',
  s: 'texts',
};

function letterOf(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return 's';
    case 'number':
      return 'n';
    case 'boolean':
      return 'b';
    case 'undefined':
      return 'm';
    default:
      break;
  }
  if (value === null) {
    return 'l';
  }
  return Array.isArray(value) ? 'a' : value instanceof FunctionValue ? 'f' : 'o';
}

function parse(signature: string): Parameter[] {
  const parameters: Parameter[] = [];
  let at = 1;
  while (at < signature.length && signature.charAt(at) !== ':' && signature.charAt(at) !== '>') {
    const isChoice = signature.charAt(at) === '(';
    const end = isChoice ? closing(signature, at, '(', ')') : at;
    const types = isChoice ? signature.slice(at + 1, end) : signature.charAt(at);
    at = end + 1;
    let itemType: string | undefined;
    if (signature.charAt(at) === '<') {
      const close = closing(signature, at, '<', '>');
      itemType = types === 'a' ? signature.charAt(at + 1) : undefined;
      at = close + 1;
    }
    const modifiers = /^[-?+]*/.exec(signature.slice(at))?.[0] ?? '';
    at += modifiers.length;
    parameters.push({
      accepts: acceptedBy(types),
      isArray: types === 'a',
      itemType,
      isOptional: modifiers.includes('?'),
      usesContext: modifiers.includes('-'),
      isRepeated: modifiers.includes('+'),
    });
  }
  return parameters;
}

function acceptedBy(types: string): string {
  switch (types) {
    case 'a':
    case 'x':
      return 'asnblfom';
    case 'j':
      return 'asnblom';
    case 'f':
      return 'f';
    default:
      return `${types}m`;
  }
}

function closing(signature: string, open: number, opener: string, closer: string): number {
  let depth = 0;
  for (let at = open; at < signature.length; at += 1) {
    depth += signature.charAt(at) === opener ? 1 : signature.charAt(at) === closer ? -1 : 0;
    if (depth === 0) {
      return at;
    }
  }
  return signature.length;
}
