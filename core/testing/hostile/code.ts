/**
 * Code that means harm, or does it by mistake, and what it must cost: its own step a clear error, everybody else nothing.
 * Data for tests of the sandbox and of whole runs.
 */
import type { ErrorCode } from '@/core/errors';
import type { JsonValue } from '@/core/json';

export interface HostileCode {
  readonly what: string;
  readonly source: string;
  /** How it must end: with one of these errors, or with this output. */
  readonly ends: readonly ErrorCode[] | { readonly output: JsonValue };
}

/** Time each of them gets; what the engine cannot interrupt ends with its thread a little later. */
export const hostileTimeoutMs = 1000;

const body = (lines: string): string => `export default function (input) { ${lines} }`;
const of = (what: string, ends: HostileCode['ends'], lines: string): HostileCode => ({
  what,
  ends,
  source: body(lines),
});
const module = (what: string, ends: HostileCode['ends'], source: string): HostileCode => ({ what, ends, source });

const endless: readonly HostileCode[] = [
  of('a loop', ['code.timedOut'], 'for (;;);'),
  of('a loop that catches its end', ['code.timedOut'], 'for (;;) { try { for (;;); } catch {} }'),
  of('a loop in a finally', ['code.timedOut'], 'try { throw 1; } finally { for (;;); }'),
  of('a generator that never ends', ['code.timedOut'], 'for (const x of (function* () { for (;;) yield 1; })());'),
  of('a sort that never agrees', ['code.timedOut'], 'for (;;) [3, 2, 1].sort(() => { for (;;); });'),
  module('a loop before it is called', ['code.timedOut'], 'for (;;); export default () => 1;'),
  module(
    'promises that follow each other',
    ['code.timedOut'],
    'export default async () => { const next = () => Promise.resolve().then(next); await next(); }',
  ),
  module('an await in a loop', ['code.timedOut'], 'export default async () => { for (;;) await null; }'),
  of('a pattern that backtracks', ['code.timedOut'], 'return /^(a+)+$/.test("a".repeat(40) + "!");'),
  of('a pattern in a replacement', ['code.timedOut'], 'return "a".repeat(40).replace(/(a*)*b/g, "");'),
  of('a join that nothing interrupts', ['code.timedOut', 'code.outOfMemory'], 'return new Array(3e8).join().length;'),
  of(
    'a search that nothing interrupts',
    ['code.timedOut', 'code.outOfMemory'],
    'return "a".repeat(2e7).indexOf("a".repeat(1e7) + "b");',
  ),
  of('a getter that never returns', ['code.timedOut'], 'return { get a() { for (;;); } };'),
  of('a toJSON that never returns', ['code.timedOut'], 'return { toJSON() { for (;;); } };'),
  of(
    'a message that never returns',
    ['code.timedOut'],
    'for (;;) { try { throw { get message() { for (;;); } }; } catch (e) { e.message; } }',
  ),
  module('a promise that nobody settles', ['code.neverSettled'], 'export default () => new Promise(() => {});'),
  module(
    'a top level that nobody settles',
    ['code.neverSettled'],
    'await new Promise(() => {}); export default () => 1;',
  ),
  module('an object that poses as a promise', ['code.neverSettled'], 'export default () => ({ then() {} });'),
];

const greedy: readonly HostileCode[] = [
  of(
    'a list that grows',
    ['code.outOfMemory', 'code.timedOut'],
    'const all = []; for (;;) all.push({ a: [1, 2, 3] });',
  ),
  of('bytes', ['code.outOfMemory'], 'const all = []; for (;;) all.push(new Uint8Array(1e6));'),
  of('one piece of bytes', ['code.outOfMemory'], 'return new Uint8Array(2e9).length;'),
  of('shared bytes', ['code.outOfMemory'], 'return new SharedArrayBuffer(1e9).byteLength;'),
  of(
    'bytes that grow',
    ['code.outOfMemory'],
    'const b = new ArrayBuffer(8, { maxByteLength: 1e9 }); b.resize(1e9); return 1;',
  ),
  of('a text that doubles', ['code.outOfMemory'], 'let s = "x"; for (;;) s += s;'),
  of(
    'many long texts',
    ['code.outOfMemory', 'code.timedOut'],
    'const all = []; for (let n = 0; ; n += 1) all.push("x".repeat(1e6) + n);',
  ),
  of(
    'a list of a billion',
    ['code.outOfMemory', 'code.timedOut', 'code.threw'],
    'return new Array(1e9).fill(1).length;',
  ),
  of('a number of a billion digits', ['code.outOfMemory', 'code.threw'], 'return String(2n ** 10000000000n);'),
  of(
    'memory again and again, caught',
    ['code.timedOut', 'code.outOfMemory'],
    'for (;;) { try { const all = []; for (;;) all.push("x".repeat(1e6) + Math.random()); } catch {} }',
  ),
  of(
    'memory in a finalizer',
    ['code.timedOut', 'code.outOfMemory'],
    'const r = new FinalizationRegistry(() => {}); for (;;) r.register({}, 1);',
  ),
  of('symbols', ['code.timedOut', 'code.outOfMemory'], 'const all = []; for (;;) all.push(Symbol("x"));'),
  of('a chain of prototypes', ['code.timedOut', 'code.outOfMemory'], 'let o = {}; for (;;) o = Object.create(o);'),
  of('a result of a hundred megabytes', ['code.outputTooLarge', 'code.outOfMemory'], 'return "x".repeat(1e8);'),
  of('a result a little too large', ['code.outputTooLarge'], 'return "x".repeat(4 * 1024 * 1024);'),
  of('a result larger in bytes than in letters', ['code.outputTooLarge'], 'return "€".repeat(2e6);'),
];

const deep: readonly HostileCode[] = [
  of('recursion', ['code.tooDeep'], 'const f = (n) => 1 + f(n + 1); return f(0);'),
  of(
    'recursion through a proxy',
    ['code.tooDeep'],
    'const p = new Proxy({}, { get: (_, key, self) => self[key] }); return p.x;',
  ),
  of(
    'recursion through toString',
    ['code.tooDeep'],
    'let o = []; for (let n = 0; n < 1e5; n += 1) o = [o]; return String(o);',
  ),
  of('brackets evaluated', ['code.tooDeep', 'code.threw'], 'return eval("[".repeat(1e5));'),
  of('JSON of many brackets', ['code.tooDeep', 'code.threw'], 'return JSON.parse("[".repeat(1e6));'),
  of('a result nested too deeply', ['code.notJson'], 'let o = 1; for (let n = 0; n < 100; n += 1) o = [o]; return o;'),
  of(
    'a result nested without end',
    ['code.notJson', 'code.tooDeep', 'code.timedOut'],
    'let o = 1; for (let n = 0; n < 1e5; n += 1) o = { o }; return o;',
  ),
  module('source nested too deeply', ['code.invalid'], `export default () => ${'['.repeat(20_000)}`),
  of(
    'a pattern nested too deeply',
    ['code.threw', 'code.tooDeep'],
    'return new RegExp("(".repeat(5e4) + ")".repeat(5e4)).test("");',
  ),
];

const notJson: readonly HostileCode[] = [
  of('a cycle', ['code.notJson'], 'const o = { a: {} }; o.a.o = o; return o;'),
  of('a function', ['code.notJson'], 'return { lines: [1, () => 1] };'),
  of('a BigInt', ['code.notJson'], 'return { total: 1n };'),
  of('a symbol', ['code.notJson'], 'return Symbol("x");'),
  of('no number', ['code.notJson'], 'return { total: 0 / 0 };'),
  of('a map', ['code.notJson'], 'return new Map([["a", 1]]);'),
  of('a promise inside', ['code.notJson'], 'return { a: Promise.resolve(1) };'),
  of('bytes', ['code.notJson'], 'return new Uint8Array(4);'),
  of('a toJSON that throws', ['code.notJson'], 'return { toJSON() { throw new Error("no"); } };'),
  of('a getter that throws', ['code.notJson'], 'return { get a() { throw new Error("no"); } };'),
  of('a proxy that throws', ['code.notJson'], 'return new Proxy({}, { ownKeys() { throw new Error("no"); } });'),
  of(
    'a proxy that is gone',
    ['code.notJson', 'code.threw'],
    'const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy;',
  ),
  of(
    'a value that changes when it is looked at',
    ['code.notJson'],
    'let n = 0; return { get a() { n += 1; return n === 1 ? () => 1 : 1; } };',
  ),
];

const thrown: readonly HostileCode[] = [
  of('nothing thrown', ['code.threw'], 'throw undefined;'),
  of('an object thrown', ['code.threw'], 'throw { a: 1 };'),
  of('an object that throws when it is shown', ['code.threw'], 'throw new Proxy({}, { ownKeys() { throw 1; } });'),
  of(
    'an error with a message that throws',
    ['code.threw'],
    'const e = new Error(); Object.defineProperty(e, "message", { get() { throw 1; } }); throw e;',
  ),
  of('an error with an endless message', ['code.threw'], 'throw new Error("x".repeat(1e6));'),
  of(
    'an error that names itself out of memory',
    ['code.threw', 'code.outOfMemory'],
    'const e = new Error("out of memory"); e.name = "InternalError"; throw e;',
  ),
  module('a rejection', ['code.threw'], 'export default async () => { throw new TypeError("no"); };'),
];

const escapes: readonly HostileCode[] = [
  of('the process', { output: 'undefined' }, 'return typeof process;'),
  of('require', ['code.threw'], 'return require("fs");'),
  of(
    'the constructor of functions',
    { output: 'undefined' },
    'return (() => {}).constructor("return typeof process + \'\'")();',
  ),
  of(
    'what is global',
    { output: [] },
    'return ["process", "require", "fetch", "setTimeout", "WebAssembly", "Buffer", "XMLHttpRequest", "navigator", "Deno", "print", "std", "os", "bjson", "Worker", "Atomics", "performance", "scriptArgs"].filter((name) => name in globalThis);',
  ),
  of(
    'an import that eval hides',
    ['code.threw', 'code.neverSettled'],
    'return eval("import(\'fs\')").then(Object.keys);',
  ),
  module(
    'an import',
    ['code.invalid'],
    "import fs from 'node:fs'; export default () => fs.readFileSync('/etc/passwd', 'utf8');",
  ),
  module('an import on the way', ['code.invalid'], "export default () => import('node:fs');"),
  of('this', { output: 'undefined' }, 'return typeof this;'),
  of('the stack of an error', { output: true }, 'return !/node_modules|\\.mjs|evaluate/.test(new Error().stack);'),
  of(
    'frames of the caller',
    { output: 'undefined' },
    'try { return typeof arguments.callee; } catch { return "undefined"; }',
  ),
  of(
    'a prototype made dirty',
    { output: { isClean: false } },
    'Object.prototype.polluted = 1; return { isClean: ({}).polluted === undefined };',
  ),
  of(
    'a member named __proto__',
    { output: { b: 1 } },
    'return JSON.parse(\'{"__proto__": {"polluted": true}, "b": 1}\');',
  ),
  of('JSON replaced', { output: { a: 1 } }, 'JSON.stringify = () => "{}"; JSON.parse = () => 7; return { a: 1 };'),
  of(
    'lists made strange',
    { output: [1, 2] },
    'Array.isArray = () => false; Array.prototype.push = () => 0; return [1, 2];',
  ),
  of('promises replaced', { output: 1 }, 'globalThis.Promise = class {}; return 1;'),
];

/** More of what may be printed; the lines themselves are looked at elsewhere. */
const floods: readonly HostileCode[] = [
  of('a flood of lines', ['code.timedOut'], 'for (let n = 0; ; n += 1) console.log("line", n);'),
  of('a line of megabytes', { output: null }, 'console.log("x".repeat(1e7), new Array(1e5).fill("y"));'),
  of(
    'a line that throws when shown',
    { output: null },
    'console.log({ get a() { throw 1; } }, new Proxy({}, { ownKeys() { throw 2; } }));',
  ),
  of('a line that holds itself', { output: null }, 'const o = {}; o.o = o; console.log(o, [o], new Map([[o, o]]));'),
  of('a line of strange characters', { output: null }, 'console.log("\\ud800 \\u0000 \\u2028 é 😀");'),
];

/** On a busy machine the time may be over before the memory is. */
const orOutOfTime = (entry: HostileCode): HostileCode =>
  'output' in entry.ends ? entry : { ...entry, ends: [...entry.ends, 'code.timedOut'] };

export const hostileCode: readonly HostileCode[] = [
  ...endless,
  ...[...greedy, ...deep].map(orOutOfTime),
  ...notJson,
  ...thrown,
  ...escapes,
  ...floods,
];
