/**
 * How values look in a printed line: short, and never a reason to fail. Evaluated by QuickJS when code prints for the
 * first time, or throws what is not an error.
 */
(function prepare(lineLength) {
  const most = 100;

  function show(value, depth) {
    switch (typeof value) {
      case 'string':
        return depth === 0 ? value : JSON.stringify(value.slice(0, lineLength));
      case 'bigint':
        return `${value}n`;
      case 'function':
        return `[function ${String(value.name)}]`;
      case 'object':
        return value === null ? 'null' : showObject(value, depth);
      default:
        return String(value);
    }
  }

  function showObject(value, depth) {
    if (value instanceof Error) return `${String(value.name)}: ${String(value.message)}`;
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
    if (value instanceof RegExp) return String(value);
    if (value instanceof Promise) return '[promise]';
    if (depth > 3) return Array.isArray(value) ? '[…]' : '{…}';
    if (Array.isArray(value)) return `[${members(value, (item) => show(item, depth + 1))}]`;
    if (value instanceof Set) return `Set [${members([...value], (item) => show(item, depth + 1))}]`;
    if (value instanceof Map) {
      return `Map {${members([...value], ([key, item]) => `${show(key, depth + 1)} → ${show(item, depth + 1)}`)}}`;
    }
    return `{${members(Object.keys(value), (key) => `${key}: ${show(value[key], depth + 1)}`)}}`;
  }

  function members(all, text) {
    const parts = [];
    let length = 0;
    for (let at = 0; at < all.length && at < most && length < lineLength; at += 1) {
      parts.push(text(all[at]));
      length += parts[at].length;
    }
    if (parts.length < all.length) parts.push('…');
    return parts.join(', ');
  }

  return (values) => {
    let line = '';
    for (let at = 0; at < values.length && line.length < lineLength; at += 1) {
      let text = '[what cannot be shown]';
      try {
        text = show(values[at], 0);
      } catch {
        // A getter, a proxy or a name that throws.
      }
      line += (at === 0 ? '' : ' ') + text.slice(0, lineLength);
    }
    return JSON.stringify(line.slice(0, lineLength));
  };
});
