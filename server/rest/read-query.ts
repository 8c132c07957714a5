/**
 * Query parameters as the values a schema asks for. What a parameter should become is read from the schema itself, so
 * REST and tRPC share one. Refuses repeated parameters unless they are a list, and every unknown one.
 */
import { z } from 'zod';
import { type Fault, HeadraceError } from '@/core/errors';
import { zodFaults } from '@/core/zod-faults';

interface PropertySchema {
  readonly type?: string;
}

export type QueryReader = (query: URLSearchParams) => unknown;

/** `tag.order=7` is the member `order` of `tags`. */
const tagPrefix = 'tag.';

/** @throws (the reader) HeadraceError `request.invalid` with pointers `?name` */
export function createQueryReader(schema: z.ZodType): QueryReader {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as {
    properties?: Readonly<Record<string, PropertySchema>>;
  };
  return (query) => {
    const { value, faults } = gather(query, properties);
    const parsed = schema.safeParse(value);
    const all = parsed.success ? faults : [...faults, ...zodFaults(parsed.error, value).map(asQueryFault)];
    if (all.length > 0 || !parsed.success) {
      throw new HeadraceError('request.invalid', 'Some query parameters are unknown or wrong.', { faults: all });
    }
    return parsed.data;
  };
}

function gather(query: URLSearchParams, properties: Readonly<Record<string, PropertySchema>>) {
  // Without a prototype, so that a parameter of any name is only a parameter.
  const value: Record<string, unknown> = Object.create(null);
  const faults: Fault[] = [];
  const tags: Record<string, string> = Object.create(null);
  for (const name of new Set(query.keys())) {
    const given = query.getAll(name);
    const type = Object.hasOwn(properties, name) ? properties[name]?.type : undefined;
    if (properties.tags !== undefined && name.startsWith(tagPrefix))
      tags[name.slice(tagPrefix.length)] = given[0] ?? '';
    else if (type === 'array') value[name] = given;
    else value[name] = convert(given[0] ?? '', type);
    if (given.length > 1 && type !== 'array') {
      faults.push({ pointer: `?${name}`, code: 'field.repeated', message: `"${name}" may be given once.` });
    }
  }
  if (Object.keys(tags).length > 0) value.tags = tags;
  return { value, faults };
}

/** Text that is not of the type stays text, and the schema says what is wrong with it. */
function convert(text: string, type: string | undefined): unknown {
  if ((type === 'integer' || type === 'number') && /^-?\d{1,16}$/.test(text)) return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

const asQueryFault = (fault: Fault): Fault => ({ ...fault, pointer: fault.pointer.replace(/^\/([^/]*).*$/, '?$1') });
