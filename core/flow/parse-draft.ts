/**
 * The way from unknown JSON to a flow document. It exists so that REST, tRPC and import refuse the same things with the
 * same words. Refuses deep nesting before anything walks the value, and keys that would reach an object's prototype.
 */
import type { Fault } from '@/core/errors';
import { draftSchema, type FlowDocument } from '@/core/flow/document';
import { hasDepthOver, jsonPointer } from '@/core/json';
import { limits } from '@/core/limits';
import { zodFaults } from '@/core/zod-faults';

const prototypeKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * @param value parsed JSON
 * @returns the draft (it may still have problems, see `validate`), or every fault of its shape
 */
export function parseDraft(
  value: unknown,
): { readonly document: FlowDocument } | { readonly faults: readonly Fault[] } {
  if (hasDepthOver(value, limits.jsonDepth)) {
    const message = `The document is nested deeper than ${limits.jsonDepth} levels.`;
    return { faults: [{ pointer: '', code: 'request.tooDeep', message }] };
  }
  const keys = findPrototypeKeys(value, '');
  if (keys.length > 0) {
    return {
      faults: keys.map((pointer) => ({
        pointer,
        code: 'field.keyRefused',
        message: 'A key may not be "__proto__", "constructor" or "prototype". Choose another name.',
      })),
    };
  }
  const parsed = draftSchema.safeParse(value);
  return parsed.success ? { document: parsed.data } : { faults: zodFaults(parsed.error, value) };
}

function findPrototypeKeys(value: unknown, pointer: string): string[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([key, member]) => {
    const at = pointer + jsonPointer(key);
    return prototypeKeys.has(key) && !Array.isArray(value) ? [at] : findPrototypeKeys(member, at);
  });
}
