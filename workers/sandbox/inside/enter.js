/**
 * What stands in the sandbox before any code of a person runs: a console, repeatable random numbers, and the ways in and
 * out as JSON text. It is evaluated by QuickJS, never by Node, and is parsed again for every evaluation: what is seldom
 * needed stands in `show.js` and `explain.js`. It guards nobody: whatever code does to these objects, it does to itself,
 * and the host reads nothing but text from here.
 */
(function enter(seed, print, logLines) {
  const { parse, stringify } = JSON;
  const { getPrototypeOf, prototype: plain } = Object;
  const { isArray } = Array;
  const { isView } = ArrayBuffer;
  const { resolve } = Promise;
  const promises = Promise;
  const opaque = [Promise, Map, Set, WeakMap, WeakSet, RegExp, Error, ArrayBuffer, SharedArrayBuffer];

  // SplitMix32, as the expressions of a run have it.
  let state = seed;
  Math.random = function random() {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 0x100000000;
  };

  let printed = 0;
  const printer = (level) =>
    function log(...values) {
      if (printed <= logLines && !print(level, values)) printed = logLines + 1;
      printed += 1;
    };
  globalThis.console = {
    log: printer('info'),
    info: printer('info'),
    debug: printer('debug'),
    warn: printer('warn'),
    error: printer('error'),
  };

  function isLost(value) {
    switch (typeof value) {
      case 'function':
      case 'symbol':
      case 'bigint':
        return true;
      case 'number':
        return value - value !== 0;
      case 'object':
        return value !== null && !isArray(value) && getPrototypeOf(value) !== plain && isOpaque(value);
      default:
        return false;
    }
  }
  function isOpaque(value) {
    for (let at = 0; at < opaque.length; at += 1) if (value instanceof opaque[at]) return true;
    return isView(value);
  }

  let hasReturned = false;
  return {
    call(run, inputText) {
      const returned = run(parse(inputText));
      hasReturned = true;
      return resolve.call(promises, returned);
    },
    /**
     * JSON text, or undefined when something in it would be lost or falsified. With no memory left at all the host may
     * take an error for a result; that it did return is known here alone.
     */
    encode(value) {
      let isWhole = hasReturned;
      const text = stringify(value === undefined ? null : value, (_key, member) => {
        if (isLost(member)) isWhole = false;
        return isWhole ? member : undefined;
      });
      return isWhole ? text : undefined;
    },
  };
});
