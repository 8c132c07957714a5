/**
 * Puts links to approvals into a request that is about to leave. They travel as secrets of this one call: filled in last,
 * and masked in what comes back, should the other side repeat what it was told.
 */
import type { JsonValue } from '@/core/json';
import { isPlainObject } from '@/core/json';
import { findApprovalLinks, isApprovalLinkLike } from '@/core/steps/approval-link';
import type { SecretSource } from '@/server/services/secrets/resolve-secrets';

/** @returns the address of a new link; throws what cannot be answered any more */
export type MakeLink = (approvalId: string) => Promise<string>;

export interface LinkedBody {
  readonly body: JsonValue;
  readonly secrets: SecretSource;
}

/**
 * @param body with references as planned, all of them well formed
 * @param newName a name that no secret has
 * @throws what `make` throws
 */
export async function withApprovalLinks(
  body: JsonValue,
  secrets: SecretSource,
  make: MakeLink,
  newName: () => string,
): Promise<LinkedBody> {
  if (findApprovalLinks(body).size === 0) return { body, secrets };
  const urls = new Map<string, string>();
  const replace = async (at: JsonValue): Promise<JsonValue> => {
    if (isApprovalLinkLike(at)) {
      const name = newName();
      urls.set(name, await make(String(at.$approvalLink)));
      return { $secret: name, ...(typeof at.prefix === 'string' ? { prefix: at.prefix } : {}) };
    }
    if (Array.isArray(at)) {
      const items: JsonValue[] = [];
      for (const item of at) items.push(await replace(item));
      return items;
    }
    if (!isPlainObject(at)) return at;
    const members: [string, JsonValue][] = [];
    for (const [key, member] of Object.entries(at)) members.push([key, await replace(member as JsonValue)]);
    return Object.fromEntries(members);
  };
  const replaced = await replace(body);
  return {
    body: replaced,
    secrets: { reveal: async (name, origin) => urls.get(name) ?? secrets.reveal(name, origin) },
  };
}
