/**
 * Fills secrets into a value just before it is sent. It exists so that everybody who sends something fills them in the
 * same way. Refuses to look secrets up (whoever may know them hands over `reveal`) and to send a malformed reference as
 * if it were data.
 */
import { HeadraceError } from '@/core/errors';
import type { JsonValue } from '@/core/json';
import { findSecrets, isSecretLike, secretReference } from '@/core/steps/secret-reference';

/** Whether a reference stands anywhere in the value. */
export const hasSecretReference = (value: JsonValue): boolean =>
  typeof value === 'object' && value !== null && findSecrets(value).size > 0;

/**
 * A copy of `value` with every reference replaced by prefix and secret; the value itself when it holds none.
 * @param reveal called once per reference, in document order; what it throws is passed on
 * @throws HeadraceError `step.configInvalid` for a malformed reference
 */
export async function resolveSecretReferences(
  value: JsonValue,
  reveal: (name: string) => Promise<string>,
): Promise<JsonValue> {
  if (!hasSecretReference(value) || typeof value !== 'object' || value === null) {
    return value;
  }
  const entries: [string, JsonValue][] = Object.entries(value);
  if (isSecretLike(value)) {
    const parsed = secretReference.safeParse(value);
    if (!parsed.success) {
      throw new HeadraceError('step.configInvalid', 'A reference to a secret is {"$secret": name, "prefix"?: text}.');
    }
    return `${parsed.data.prefix ?? ''}${await reveal(parsed.data.$secret)}`;
  }
  const resolved: [string, JsonValue][] = [];
  for (const [key, member] of entries) {
    resolved.push([key, await resolveSecretReferences(member, reveal)]);
  }
  return Array.isArray(value) ? resolved.map(([, item]) => item) : Object.fromEntries(resolved);
}
