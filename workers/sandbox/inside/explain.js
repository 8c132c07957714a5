/**
 * Why a value is not JSON, and where in it; what an error says about itself. Evaluated by QuickJS when something went
 * wrong already. What code makes throw here is reported like any other error of it.
 */
(function prepare(depthMax, lineLength) {
  const kinds = [Map, Set, WeakMap, WeakSet, RegExp, Error, ArrayBuffer, SharedArrayBuffer];

  class NotJson {
    constructor(path, problem) {
      this.problem = `${path === '' ? 'What it returned' : path.slice(0, lineLength)} ${problem}`;
    }
  }

  function problemOf(value) {
    switch (typeof value) {
      case 'function':
        return 'is a function, which JSON cannot hold.';
      case 'symbol':
        return 'is a symbol, which JSON cannot hold.';
      case 'bigint':
        return 'is a BigInt, which JSON cannot hold. Write String(…) or Number(…).';
      case 'number':
        return Number.isFinite(value) ? null : `is ${value}, which JSON cannot hold.`;
      case 'object':
        return value === null ? null : problemOfObject(value);
      default:
        return null;
    }
  }

  function problemOfObject(value) {
    if (value instanceof Promise) return 'is a promise that nobody awaited.';
    for (const kind of kinds) {
      if (value instanceof kind) return `is of type ${kind.name}, which JSON cannot hold. Make it a list or an object.`;
    }
    return ArrayBuffer.isView(value) ? 'holds bytes, which JSON cannot hold. Make it a list or text.' : null;
  }

  const pathTo = (path, holder, key) =>
    Array.isArray(holder) ? `${path}[${key}]` : path === '' ? String(key) : `${path}.${key}`;

  /** The first problem, or undefined. */
  function notJson(value) {
    const open = [];
    const paths = [];
    try {
      JSON.stringify(value, function check(key, member) {
        while (open.length > 0 && open[open.length - 1] !== this) {
          open.pop();
          paths.pop();
        }
        const path = open.length === 0 ? '' : pathTo(paths[paths.length - 1], this, key);
        const problem = problemOf(member);
        if (problem !== null) throw new NotJson(path, problem);
        if (typeof member === 'object' && member !== null) {
          if (open.includes(member)) throw new NotJson(path, 'holds itself, which JSON cannot say.');
          if (open.length >= depthMax) throw new NotJson(path, `is nested more than ${depthMax} levels deep.`);
          open.push(member);
          paths.push(path);
        }
        return member;
      });
      return undefined;
    } catch (error) {
      if (error instanceof NotJson) return error.problem;
      throw error;
    }
  }

  /** JSON of an error; undefined of anything else that was thrown. */
  function describe(thrown) {
    if (!(thrown instanceof Error)) return undefined;
    return JSON.stringify({
      name: String(thrown.name).slice(0, 100),
      message: String(thrown.message).slice(0, lineLength),
      stack: String(thrown.stack).slice(0, 4 * lineLength),
    });
  }

  return { notJson, describe };
});
