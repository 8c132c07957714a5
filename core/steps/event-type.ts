/**
 * Names of event types and the patterns that select them. A name is dotted (`order.placed`); a pattern is a name, a
 * prefix with a trailing `*` segment, or `*` alone. Refuses wildcards anywhere else: routing looks patterns up by
 * prefix, and a `*` in the middle would need a scan.
 */
import { z } from 'zod';
import { limits } from '@/core/limits';

// Patterns select what others publish, so their segments are as wide as CloudEvents allows without blanks: everything
// but control characters and lone surrogates, which no text column could hold either.
const patternShape = /^(\*|[^\s.*\p{Cc}\p{Cs}]+(\.[^\s.*\p{Cc}\p{Cs}]+)*(\.\*)?)$/u;
const exactShape = /^[^\s.*\p{Cc}\p{Cs}]+(\.[^\s.*\p{Cc}\p{Cs}]+)*$/u;
const nameShape = /^[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*$/;

/** The prefix of events that Headrace itself publishes; a flow may not pretend to be it. */
const reservedPrefix = 'headrace.';

/** A type that a flow may publish. */
export const publishedEventType = z
  .string()
  .max(limits.nameLength)
  .regex(nameShape, { error: 'An event type is words joined by dots, such as order.placed.' })
  .refine((type) => !type.startsWith(reservedPrefix), {
    error: 'Types that begin with "headrace." are published by Headrace itself. Choose another name.',
  });

/** A type that somebody else may publish: a pattern without a wildcard. */
export const awaitedEventType = z
  .string()
  .max(limits.nameLength)
  .regex(exactShape, { error: 'One event type is expected, such as payment.received; a wait takes no pattern.' })
  .refine((type) => !type.startsWith(reservedPrefix), {
    error: 'Types that begin with "headrace." are what starts runs, and cannot be waited for.',
  });

export const eventTypePattern = z.string().max(limits.nameLength).regex(patternShape, {
  error: 'A pattern is an event type (order.placed), a prefix with any ending (order.*), or * for all.',
});

/**
 * Whether an event type is selected by a pattern. `order.*` selects every deeper name (`order.placed`,
 * `order.line.added`) but not `order` itself; `*` selects all.
 */
export function matchType(pattern: string, type: string): boolean {
  if (pattern === '*') {
    return true;
  }
  if (pattern.endsWith('.*')) {
    const prefix = pattern.slice(0, -1);
    return type.length > prefix.length && type.startsWith(prefix);
  }
  return pattern === type;
}
