/**
 * The `$names` visible at one place of an expression. Refuses to be read through by JavaScript means: a Map has no
 * prototype chain for a name such as `$constructor` to find.
 */
export class Scope {
  readonly #parent: Scope | undefined;
  #names: Map<string, unknown> | undefined;

  /** @param names taken over, not copied */
  constructor(parent?: Scope, names?: Map<string, unknown>) {
    this.#parent = parent;
    this.#names = names;
  }

  bind(name: string, value: unknown): void {
    this.#names ??= new Map();
    this.#names.set(name, value);
  }

  /** The scope nearest to here that binds `name`; undefined values count as bound. */
  find(name: string): Scope | undefined {
    for (let scope: Scope | undefined = this; scope; scope = scope.#parent) {
      if (scope.#names?.has(name)) {
        return scope;
      }
    }
    return undefined;
  }

  valueOf(name: string): unknown {
    return this.#names?.get(name);
  }
}
