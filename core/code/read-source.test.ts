import { describe, expect, it } from 'vitest';
import { readSource } from '@/core/code/read-source';
import { limits } from '@/core/limits';

/** The JavaScript that is left, blanks squeezed. */
const left = (source: string): string => {
  const reading = readSource(source);
  return reading.isValid
    ? reading.code
        .replace(/[ \t]+/g, ' ')
        .replace(/ ?\n ?/g, '\n')
        .trim()
    : JSON.stringify(reading.fault);
};
const fault = (source: string) => {
  const reading = readSource(source);
  return reading.isValid ? null : reading.fault;
};
const rest = 'export default () => 1;';

describe('a source', () => {
  it('in JavaScript is left as it is', () => {
    const source = 'export default async function run(input) {\n  return { total: input.a < input.b > (1) };\n}\n';
    expect(readSource(source)).toEqual({ isValid: true, code: source });
  });

  it('in TypeScript keeps every line and column that is not a type', () => {
    const source = `interface Order {\n  lines: { price: number }[];\n}\nexport default (input: Order): number => input.lines.length;\n`;
    const reading = readSource(source);
    expect(reading).toMatchObject({ isValid: true });
    const code = reading.isValid ? reading.code : '';
    expect(code).toHaveLength(source.length);
    expect(code.split('\n')).toEqual([
      ';                ',
      ''.padEnd(source.split('\n')[1]?.length ?? 0),
      ' ',
      'export default (input       )         => input.lines.length;',
      '',
    ]);
  });

  it.each<[string, string]>([
    ['type A<T> = { [K in keyof T]?: T[K] } | null', ';'],
    ['declare const z: number; export type { A } from "x"', '; ;'],
    [
      'function f(a: string): void; function f<T>(this: X, a?: T, ...b: any[]): asserts a {}',
      '; function f ( a , ...b ) {}',
    ],
    [
      'let x!: string, y = (a as T)!, z = <T>(b), w = (a satisfies T) as const',
      'let x , y = (a ) , z = (b), w = (a ) ;',
    ],
    [
      'f<string>(1); new Map<string, number[]>(); tag<T>`x`; a?.b!.c; x! = 1',
      'f (1); new Map (); tag `x`; a?.b .c; x = 1',
    ],
    ['try {} catch (e: unknown) {}', 'try {} catch (e ) {}'],
    ['for (const a of b as string[]) {}', 'for (const a of b ) {}'],
    ['const f = <T,>(x: T, { p }: { p: Q }): x is T => true', 'const f = (x , { p } ) => true'],
    ['const g = async <T>(x: T): Promise<T> => x', 'const g = async (x ) => x'],
    ['import type { A } from "x"', ';'],
    ['label: for (;;) break label', 'label: for (;;) break label'],
  ])('loses the types of %s', (source, javascript) => {
    expect(left(`${source}\n${rest}`)).toBe(`${javascript}\n${rest}`);
  });

  it('loses the types of a class', () => {
    const source = `abstract class A<T> extends B<T> implements C, D {
  private readonly x?: number = 1
  public ['y']: string
  declare q: string
  static readonly z!: string;
  [key: string]: any
  abstract foo(): void;
  foo(a?: string): void;
  foo(a?: string): void {}
  override get v(): string { return '' }
}
${rest}`;
    expect(
      left(source)
        .split('\n')
        .map((line) => line.trim()),
    ).toEqual([
      'class A extends B {',
      '; x = 1',
      "; ['y'] ;",
      ';',
      'static z ;',
      ';',
      ';',
      ';',
      'foo(a ) {}',
      "; get v() { return '' }",
      '}',
      rest,
    ]);
  });

  it('does not join lines that a type kept apart', () => {
    expect(left(`let a = b as T\n(c)\n${rest}`)).toBe(`let a = b ;\n(c)\n${rest}`);
    expect(left(`let a: T\n[c] = d\n${rest}`)).toBe(`let a ;\n[c] = d\n${rest}`);
  });

  it('keeps an arrow on the line of its brackets', () => {
    expect(left('export default (input): {\n  a: string;\n} => input;')).toBe('export default (input\n\n) => input;');
  });

  it('may name its default function in another place', () => {
    expect(fault('const f = (a) => a; export { f as default };')).toBeNull();
    expect(fault('const f = (a) => a; export default f;')).toBeNull();
  });
});

describe('refused is', () => {
  it.each<[string, string, number, number, RegExp]>([
    ['what does not parse', 'export default (input) => {\n  return ];\n}', 2, 10, /Unexpected token/],
    [
      'TypeScript that does not parse',
      'const a: number = 1;\nexport default (b: string) => ;',
      2,
      31,
      /Unexpected token/,
    ],
    ['a name declared twice', `let a;\nlet a;\n${rest}`, 2, 5, /already been declared/],
    ['an import', `import fs from 'fs';\n${rest}`, 1, 1, /cannot import/],
    ['an export from elsewhere', `export { a } from 'b';\n${rest}`, 1, 1, /cannot import/],
    ['an import on the way', "export default async () =>\n  import('fs');", 2, 3, /cannot import/],
    ['import.meta', 'export default () => import.meta.url;', 1, 22, /does not exist/],
    ['a module without a default', 'const f = () => 1;', 1, 1, /default function is missing/],
    ['a default that is no function', 'export default { a: 1 };', 1, 1, /must be a function/],
    ['an enum', `\n  enum A { B }\n${rest}`, 2, 3, /Write an object/],
    ['a namespace', `namespace A { export const b = 1; }\n${rest}`, 1, 1, /more than a type/],
    ['a parameter property', `class A { constructor(private a: string) {} }\n${rest}`, 1, 23, /more than a type/],
    ['a decorator', `@a class B {}\n${rest}`, 1, 1, /Decorators|Unexpected/],
    ['a NUL', `const a = '\0';\n${rest}`, 1, 12, /NUL/],
    ['nesting without end', `export default () => ${'['.repeat(30_000)}`, 1, 1, /too deeply/],
  ])('%s', (_what, source, line, column, message) => {
    const found = fault(source);
    expect(found?.message).toMatch(message);
    if (!/too deeply/.test(found?.message ?? '')) expect(found).toMatchObject({ line, column });
  });

  it('more than a page of logic', () => {
    expect(fault(`${rest}${' '.repeat(limits.codeSourceLength)}`)?.message).toMatch(/longer than/);
  });

  it.each<[string, string]>([
    ['casts', `${'class{a=<T>('.repeat(40)}d${')}'.repeat(40)}`],
    ['arrow functions', `${'async(a=async<T>(b='.repeat(40)}d${'))'.repeat(40)}`],
    ['conditions', `${'a ? <T>('.repeat(40)}d${') : T => 1'.repeat(40)}`],
  ])('what a parser of %s would try for years', (_what, expression) => {
    expect(fault(`let t: T;\nexport default () => ${expression}`)).not.toBeNull();
  });
});
