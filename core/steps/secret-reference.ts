/**
 * `{"$secret": "name", "prefix"?: "Bearer "}`: how a document names a secret without holding it. The adapter that sends
 * a request puts the value in at the last moment. Refuses references that came in with data: whoever can send an event
 * must not be able to ask for a secret.
 */
import { z } from 'zod';
import { isPlainObject, jsonPointer } from '@/core/json';
import { limits } from '@/core/limits';

export const secretReference = z.strictObject({
  $secret: z
    .string()
    .max(limits.nameLength)
    .regex(/^[A-Za-z_][A-Za-z0-9_.-]*$/, { error: 'The name of a secret is letters, digits, ".", "_" and "-".' }),
  /** Put before the value, as in `Bearer `. */
  prefix: z.string().max(limits.noteLength).optional(),
});
export type SecretReference = z.infer<typeof secretReference>;

/** Whether the value is meant as a reference, well formed or not. */
export const isSecretLike = (value: unknown): value is Record<string, unknown> =>
  isPlainObject(value) && Object.hasOwn(value, '$secret');

/**
 * Every reference inside `value`, well formed or not.
 * @returns by JSON pointer inside `value`
 */
export function findSecrets(value: unknown): ReadonlyMap<string, Record<string, unknown>> {
  const found = new Map<string, Record<string, unknown>>();
  const visit = (at: unknown, pointer: string): void => {
    if (Array.isArray(at)) {
      at.forEach((item, index) => {
        visit(item, `${pointer}/${index}`);
      });
    } else if (isSecretLike(at)) {
      found.set(pointer, at);
    } else if (isPlainObject(at)) {
      for (const [key, member] of Object.entries(at)) {
        visit(member, pointer + jsonPointer(key));
      }
    }
  };
  visit(value, '');
  return found;
}

/**
 * The first reference in resolved config that the author did not write at that place.
 * @param written config before evaluation
 * @param resolved the same config after it
 * @returns its JSON pointer, or null when every reference is the author's
 */
export function findForeignSecret(written: unknown, resolved: unknown): string | null {
  const own = findSecrets(written);
  for (const [pointer, reference] of findSecrets(resolved)) {
    const original = own.get(pointer);
    if (original?.$secret !== reference.$secret || original?.prefix !== reference.prefix) {
      return pointer;
    }
  }
  return null;
}
