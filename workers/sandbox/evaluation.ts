/**
 * A runtime and a context of QuickJS for one evaluation: sets up what code finds, calls it, waits for what it promises,
 * and reads what it returned as text. Refuses to outlive its time: the engine asks again and again whether it is over.
 */
import { readFileSync } from 'node:fs';
import type { QuickJSContext, QuickJSHandle, QuickJSRuntime } from 'quickjs-emscripten-core';
import secureJson from 'secure-json-parse';
import { seededRandom } from '@/core/expression';
import { hasDepthOver } from '@/core/json';
import { limits } from '@/core/limits';
import type { LogLine } from '@/core/steps/contract';
import type { Machine } from '@/workers/sandbox/machine';
import { type Assignment, fault, outOfMemory, type Place, tooDeep, type Verdict } from '@/workers/sandbox/messages';

/** Name of the code in stack traces. */
const fileName = 'code.ts';
/** Characters of one printed line or message. */
const lineLength = 2000;
/** Jobs of promises run before the time is looked at again. */
const jobsPerLook = 1000;
const read = (script: URL): string => readFileSync(script, 'utf8');
/** Comments and indentation are for us; they would be parsed a thousand times a second. */
const enterScript = read(new URL('./inside/enter.js', import.meta.url))
  .replace(/^\/\*[\s\S]*?\*\//, '')
  .replace(/^\s+(?:\/\/.*|\/\*\*.*\*\/)?/gm, '');
const showScript = read(new URL('./inside/show.js', import.meta.url));
const explainScript = read(new URL('./inside/explain.js', import.meta.url));

type Settled = { readonly value: QuickJSHandle } | { readonly error: QuickJSHandle } | { readonly isPending: true };

export class Evaluation {
  private readonly runtime: QuickJSRuntime;
  private readonly context: QuickJSContext;
  private readonly held: QuickJSHandle[] = [];
  private readonly endsAtMs: number;
  private isInterrupted = false;
  private printedLength = 0;
  private printedLines = 0;
  private show: QuickJSHandle | null = null;

  /** @param print called with each line, at once */
  constructor(
    private readonly machine: Machine,
    private readonly assignment: Assignment,
    private readonly print: (line: LogLine) => void,
  ) {
    this.endsAtMs = performance.now() + assignment.timeoutMs;
    const runtime = machine.newRuntime();
    this.runtime = runtime;
    runtime.setMemoryLimit(limits.codeMemoryBytes);
    runtime.setMaxStackSize(limits.codeStackBytes);
    runtime.setInterruptHandler(() => this.isOver());
    this.context = runtime.newContext();
  }

  /** @param code a module in JavaScript */
  run(code: string): Verdict {
    const { context } = this;
    const entry = this.enter();
    const evaluated = context.evalCode(code, fileName, { type: 'module', strict: true });
    if (evaluated.error) return this.judge(this.hold(evaluated.error));
    const module = this.settle(this.hold(evaluated.value));
    if ('isPending' in module) return this.neverSettled();
    if ('error' in module) return this.judge(module.error);
    const run = this.hold(context.getProp(module.value, 'default'));
    const type = context.typeof(run);
    if (type !== 'function' && this.machine.isFull()) return outOfMemory(limits.codeMemoryBytes);
    if (type !== 'function') return fault('code.invalid', `The default export is not a function but of type ${type}.`);
    const input = this.hold(context.newString(this.assignment.input));
    const called = context.callFunction(entry.call, context.undefined, run, input);
    if (called.error) return this.judge(this.hold(called.error));
    const result = this.settle(this.hold(called.value));
    if ('isPending' in result) return this.neverSettled();
    if ('error' in result) return this.judge(result.error);
    return this.encode(entry.encode, result.value);
  }

  /** @throws when the engine's own books are wrong; then it must not be used again */
  dispose(): void {
    for (const handle of this.held) if (handle.alive) handle.dispose();
    this.context.dispose();
    this.runtime.dispose();
  }

  private isOver(): boolean {
    this.isInterrupted ||= performance.now() > this.endsAtMs;
    return this.isInterrupted;
  }

  private hold(handle: QuickJSHandle): QuickJSHandle {
    this.held.push(handle);
    return handle;
  }

  /** Evaluates a script of ours and calls the function it consists of. */
  private prepare(script: string, ...given: readonly QuickJSHandle[]): QuickJSHandle {
    const { context } = this;
    const made = this.hold(context.unwrapResult(context.evalCode(script, 'sandbox', { strict: true })));
    return this.hold(context.unwrapResult(context.callFunction(made, context.undefined, ...given)));
  }

  private number = (value: number): QuickJSHandle => this.hold(this.context.newNumber(value));

  /** Sets up what code finds, and takes the ways in and out before it could touch them. */
  private enter(): { readonly call: QuickJSHandle; readonly encode: QuickJSHandle } {
    const { context } = this;
    const seed = this.number(Math.floor(seededRandom(this.assignment.seed)() * 2 ** 31));
    const print = this.hold(context.newFunction('print', (level, values) => this.printLine(level, values)));
    const made = this.prepare(enterScript, seed, print, this.number(limits.codeLogLines));
    return { call: this.hold(context.getProp(made, 'call')), encode: this.hold(context.getProp(made, 'encode')) };
  }

  /** @returns whether code may go on printing */
  private printLine(level: QuickJSHandle, values: QuickJSHandle): QuickJSHandle {
    const { context } = this;
    if (this.printedLines >= limits.codeLogLines || this.printedLength >= limits.codeLogLength) {
      this.print({ level: 'warn', text: 'More was printed than is kept.' });
      return context.false;
    }
    const text = this.shown(values) ?? '[what cannot be shown]';
    this.printedLines += 1;
    this.printedLength += text.length;
    this.print({ level: context.getString(level) as LogLine['level'], text });
    return context.true;
  }

  /** @param values a list @returns its members as one line; null when even that failed */
  private shown(values: QuickJSHandle): string | null {
    const { context } = this;
    this.show ??= this.prepare(showScript, this.number(lineLength));
    const shown = context.callFunction(this.show, context.undefined, values);
    if (shown.error) {
      shown.error.dispose();
      return null;
    }
    return shown.value.consume((text) => (context.typeof(text) === 'string' ? textIn(context.getString(text)) : null));
  }

  /** Runs what was put off until the promise is settled or nothing is left that could settle it. */
  private settle(value: QuickJSHandle): Settled {
    const { context, runtime } = this;
    for (;;) {
      const state = context.getPromiseState(value);
      if (state.type === 'fulfilled') return { value: state.notAPromise ? value : this.hold(state.value) };
      if (state.type === 'rejected') return { error: this.hold(state.error) };
      if (this.isOver() || !runtime.hasPendingJob()) return { isPending: true };
      const done = runtime.executePendingJobs(jobsPerLook);
      if (done.error) return { error: this.hold(done.error) };
    }
  }

  private encode(encode: QuickJSHandle, value: QuickJSHandle): Verdict {
    const { context } = this;
    const encoded = context.callFunction(encode, context.undefined, value);
    if (encoded.error) return this.explainNotJson(value, this.hold(encoded.error));
    const text = this.hold(encoded.value);
    if (context.typeof(text) !== 'string') return this.explainNotJson(value, null);
    const output = context.getString(text);
    if (Buffer.byteLength(output) > limits.stepOutputBytes) {
      return fault('code.outputTooLarge', `It returned more than ${limits.stepOutputBytes / 1024 / 1024} MiB.`);
    }
    return hasDepthOver(JSON.parse(output), limits.jsonDepth) ? this.explainNotJson(value, null) : { output };
  }

  /** @param thrown by encoding; null when it noticed a loss by itself */
  private explainNotJson(value: QuickJSHandle, thrown: QuickJSHandle | null): Verdict {
    const { context } = this;
    if (this.machine.isFull()) return outOfMemory(limits.codeMemoryBytes);
    const verdict = thrown === null ? null : this.judge(thrown);
    if (verdict !== null && 'fault' in verdict && verdict.fault.code !== 'code.threw') return verdict;
    const explain = this.hold(context.getProp(this.explainer(), 'notJson'));
    const explained = context.callFunction(explain, context.undefined, value);
    if (explained.error) return this.unreadable(this.judge(this.hold(explained.error)));
    const problem = this.hold(explained.value);
    if (context.typeof(problem) === 'string') return fault('code.notJson', context.getString(problem));
    return this.unreadable(verdict);
  }

  private unreadable(verdict: Verdict | null): Verdict {
    if (verdict === null || !('fault' in verdict)) {
      return fault('code.notJson', 'What it returned is something else each time it is read.');
    }
    const { code, message, details } = verdict.fault;
    return code === 'code.threw'
      ? fault('code.notJson', `What it returned could not be read: ${message}`, details)
      : verdict;
  }

  private explainer(): QuickJSHandle {
    return this.prepare(explainScript, this.number(limits.jsonDepth), this.number(lineLength));
  }

  private neverSettled(): Verdict {
    if (this.isInterrupted) return this.timedOut();
    const message = 'The code waits for a promise that nothing will settle. There are no timers and no network here.';
    return fault('code.neverSettled', message);
  }

  private timedOut(place?: Place): Verdict {
    const where = place === undefined ? '' : `, and was then in line ${place.line}`;
    return fault('code.timedOut', `The code ran longer than its ${this.assignment.timeoutMs} ms${where}.`, place);
  }

  private judge(thrown: QuickJSHandle): Verdict {
    const wasInterrupted = this.isInterrupted;
    // Saying what happened takes a moment of its own, which nothing but the end of the thread interrupts.
    this.runtime.removeInterruptHandler();
    const { name, message, stack } = this.describe(thrown);
    const place = placeIn(stack);
    if (wasInterrupted) return this.timedOut(place);
    // With no room left at all, what is thrown is not even an error, or cannot be shown.
    if (name === undefined && this.machine.isFull()) return outOfMemory(limits.codeMemoryBytes);
    const isOfEngine = name === 'InternalError' || name === 'RangeError' || name === 'SyntaxError';
    if (isOfEngine && /out of memory|string too long|too large to allocate/.test(message)) {
      return outOfMemory(limits.codeMemoryBytes, place);
    }
    if (isOfEngine && message.includes('stack overflow')) return tooDeep(place);
    const said = name === undefined ? `It threw ${message}` : `${name}: ${message}`;
    return fault(
      'code.threw',
      place === undefined ? said : `${said} (line ${place.line}, column ${place.column})`,
      place,
    );
  }

  private describe(thrown: QuickJSHandle): {
    readonly name?: string;
    readonly message: string;
    readonly stack?: string;
  } {
    const { context } = this;
    const describe = this.hold(context.getProp(this.explainer(), 'describe'));
    const described = context.callFunction(describe, context.undefined, thrown);
    if (described.error) {
      this.hold(described.error);
      return { message: 'what cannot be shown' };
    }
    const text = this.hold(described.value);
    if (context.typeof(text) === 'string') {
      return secureJson.parse(context.getString(text)) as { name: string; message: string; stack: string };
    }
    const list = this.hold(context.newArray());
    context.setProp(list, 0, thrown);
    return { message: this.shown(list) ?? 'what cannot be shown' };
  }
}

/** The topmost place in the author's own lines. */
function placeIn(stack: string | undefined): Place | undefined {
  const found = /\bcode\.ts:(\d+):(\d+)/.exec(stack ?? '');
  return found === null ? undefined : { line: Number(found[1]), column: Number(found[2]) };
}

/** Lone surrogates do not travel between the engine and its host, so texts do as JSON. */
const textIn = (json: string): string => String(JSON.parse(json));
