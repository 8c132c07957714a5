/**
 * What the flow format knows and this build does not execute. Publishing refuses it by name, so that nothing is ever
 * silently ignored and nobody takes it for a typing mistake. Whoever builds one of these deletes its line.
 */
import type { FlowDocument } from '@/core/flow/document';
import { isPlainObject, jsonPointer, parseJsonPointer } from '@/core/json';

interface RefusedField {
  /** Pointer inside the step's `config`, or inside `settings`. */
  readonly pointer: string;
  /** Completes "… is not executed by this build". */
  readonly what: string;
}

export const refusedByThisBuild: {
  readonly settings: readonly RefusedField[];
  readonly config: Readonly<Record<string, readonly RefusedField[]>>;
} = {
  settings: [{ pointer: '/keepRunsDays', what: 'Removing runs after some days' }],
  config: {
    'trigger.webhook': [
      { pointer: '/verify/preset', what: 'Verification by the name of a sender' },
      { pointer: '/verify/apiKey', what: 'Verification by an API key' },
      { pointer: '/verify/ipAllow', what: 'A list of allowed addresses' },
      { pointer: '/dedup/key', what: 'Deduplication by an expression' },
      { pointer: '/filter', what: 'A filter on a webhook' },
      { pointer: '/schema', what: 'A schema on a webhook' },
      { pointer: '/rateLimit', what: 'A rate limit on a webhook' },
      { pointer: '/cors', what: 'Calling a webhook from a page of another origin' },
    ],
    'trigger.event': [{ pointer: '/from', what: 'Starting in the past of the stream' }],
    'http.request': [{ pointer: '/connection', what: 'A connection' }],
  },
};

export interface Refusal {
  readonly pointer: string;
  readonly stepId?: string;
  readonly message: string;
}

/** Everything in the document that this build refuses to execute. */
export function findRefused(document: FlowDocument): Refusal[] {
  const inSteps = document.steps.flatMap((step, index) =>
    refusedIn(configOf(step.kind), step.config, jsonPointer('steps', index, 'config'), step.id),
  );
  return [...inSteps, ...refusedIn(refusedByThisBuild.settings, document.settings, '/settings')];
}

const configOf = (kind: string): readonly RefusedField[] =>
  Object.hasOwn(refusedByThisBuild.config, kind) ? (refusedByThisBuild.config[kind] ?? []) : [];

const refusedIn = (fields: readonly RefusedField[], value: unknown, base: string, stepId?: string): Refusal[] =>
  fields
    .filter(({ pointer }) => holds(value, pointer))
    .map(({ pointer, what }) => ({
      pointer: base + pointer,
      message: refusalMessage(what),
      ...(stepId ? { stepId } : {}),
    }));

const refusalMessage = (what: string): string => `${what} is not executed by this build. Remove it to publish.`;

/** `false` says the same as leaving the field out (`"pivot": false`). */
function holds(value: unknown, pointer: string): boolean {
  let at = value;
  for (const token of parseJsonPointer(pointer)) {
    if (!isPlainObject(at) || !Object.hasOwn(at, token)) {
      return false;
    }
    at = at[token];
  }
  return at !== undefined && at !== false;
}
