/**
 * The tree of a parsed module as its readers walk it: nodes with a type and a place, and whatever else that type has.
 * Walks keep their own stack, because the tree may be as deep as its author made it.
 */

/** A node; offsets into the source. */
export interface AstNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

export const isNode = (value: unknown): value is AstNode =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string' && 'start' in value;

/** The nodes directly below one, in no promised order. */
export function childrenOf(node: AstNode): AstNode[] {
  const found: AstNode[] = [];
  for (const value of Object.values(node)) {
    if (isNode(value)) found.push(value);
    else if (Array.isArray(value)) found.push(...value.filter(isNode));
  }
  return found;
}

/** Every node of a tree, itself first. */
export function* nodesIn(tree: AstNode): Generator<AstNode> {
  const pending = [tree];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    yield next;
    for (const child of childrenOf(next)) pending.push(child);
  }
}
