/**
 * Turns the result of an expression into plain JSON. Parts that already are plain are shared, not copied, so an
 * expression that passes a document on costs one walk. Refuses what JSON cannot hold: functions and infinite numbers.
 */

import { HeadraceError } from '@/core/errors';
import { FunctionValue, isMarked, setMember } from '@/core/expression/evaluator/values';
import type { JsonObject, JsonValue } from '@/core/json';
import { limits } from '@/core/limits';

/** Counts the bytes of everything one template puts out. */
export class OutputMeter {
  #bytes = 0;

  add(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > limits.stepOutputBytes) {
      throw new HeadraceError(
        'expression.limit',
        `The result is larger than the ${limits.stepOutputBytes} bytes that the output of a step may have.`,
      );
    }
  }
}

/**
 * @param value result of an evaluation; undefined stays undefined
 * @returns the same value where it was plain JSON, otherwise a copy; an undefined item of an array becomes null
 */
export function toJson(value: unknown, meter: OutputMeter, depth = 0): JsonValue | undefined {
  switch (typeof value) {
    case 'string':
      meter.add(value.length + 2);
      return value;
    case 'number':
      if (!Number.isFinite(value)) {
        throw new HeadraceError('expression.failed', 'The result is not a finite number.');
      }
      meter.add(8);
      return value;
    case 'boolean':
      meter.add(5);
      return value;
    case 'undefined':
      return undefined;
    default:
      break;
  }
  if (value === null) {
    meter.add(4);
    return null;
  }
  if (value instanceof FunctionValue) {
    throw new HeadraceError('expression.failed', 'The result is a function. Call it, or name a value instead.');
  }
  if (depth >= limits.jsonDepth) {
    throw new HeadraceError('expression.limit', `The result is nested deeper than ${limits.jsonDepth} levels.`);
  }
  return Array.isArray(value) ? arrayToJson(value, meter, depth) : objectToJson(value as object, meter, depth);
}

function arrayToJson(array: unknown[], meter: OutputMeter, depth: number): JsonValue {
  meter.add(array.length + 2);
  let copy: JsonValue[] | undefined = isMarked(array) ? [] : undefined;
  for (const [at, item] of array.entries()) {
    const json = toJson(item, meter, depth + 1) ?? null;
    if (json !== item) {
      copy ??= array.slice(0, at) as JsonValue[];
    }
    copy?.push(json);
  }
  return copy ?? (array as JsonValue[]);
}

function objectToJson(object: object, meter: OutputMeter, depth: number): JsonValue {
  const source = object as Readonly<Record<string, unknown>>;
  const keys = Object.keys(source);
  let changed: Map<string, JsonValue | undefined> | undefined;
  for (const key of keys) {
    meter.add(key.length + 4);
    const json = toJson(source[key], meter, depth + 1);
    if (json !== source[key]) {
      changed ??= new Map();
      changed.set(key, json);
    }
  }
  if (!changed) {
    return object as JsonObject;
  }
  const copy: JsonObject = {};
  for (const key of keys) {
    const json = changed.has(key) ? changed.get(key) : (source[key] as JsonValue);
    if (json !== undefined) {
      setMember(copy, key, json);
    }
  }
  return copy;
}
