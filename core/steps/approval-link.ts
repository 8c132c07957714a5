/**
 * `{"$approvalLink": "{{ event.data.approvalId }}", "prefix"?: "Answer here: "}`: how a document names a link that answers an
 * approval without ever holding it. Whoever sends the request makes the link at the last moment, so that neither journal nor
 * stream shows what would let any reader answer. Refuses references that came in with data: whoever can send an event must
 * not be able to have a link sent to them.
 */
import { z } from 'zod';
import { isPlainObject, jsonPointer } from '@/core/json';
import { limits } from '@/core/limits';
import type { Templated } from '@/core/steps/contract';

export const approvalLinkReference = (templated: Templated) =>
  z.strictObject({
    $approvalLink: templated(z.uuid({ error: 'The id of an approval, such as {{ event.data.approvalId }}.' })),
    /** Put before the link. */
    prefix: templated(z.string().max(limits.noteLength)).optional(),
  });

/** Whether the value is meant as a reference, well formed or not. */
export const isApprovalLinkLike = (value: unknown): value is Record<string, unknown> =>
  isPlainObject(value) && Object.hasOwn(value, '$approvalLink');

/**
 * Every reference inside `value`, well formed or not.
 * @returns by JSON pointer inside `value`
 */
export function findApprovalLinks(value: unknown): ReadonlyMap<string, Record<string, unknown>> {
  const found = new Map<string, Record<string, unknown>>();
  const visit = (at: unknown, pointer: string): void => {
    if (isApprovalLinkLike(at)) found.set(pointer, at);
    else if (Array.isArray(at)) at.forEach((item, index) => void visit(item, `${pointer}/${index}`));
    else if (isPlainObject(at))
      for (const [key, member] of Object.entries(at)) visit(member, pointer + jsonPointer(key));
  };
  visit(value, '');
  return found;
}

/**
 * The first reference in resolved config where the author wrote none.
 * @param written config before evaluation
 * @param resolved the same config after it
 * @returns its JSON pointer, or null when every reference is the author's
 */
export function findForeignApprovalLink(written: unknown, resolved: unknown): string | null {
  const own = findApprovalLinks(written);
  return [...findApprovalLinks(resolved).keys()].find((pointer) => !own.has(pointer)) ?? null;
}
