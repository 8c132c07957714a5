/** API keys: shown once when made, then known only by their prefix. */
import { z } from 'zod';
import { limits } from '@/core/limits';
import { text } from '@/server/services/common-schemas';
import { scopes } from '@/server/services/ports';

export const createApiKeyInput = z.strictObject({
  name: text(limits.nameLength).trim().min(1),
  scopes: z.array(z.enum(scopes)).min(1).max(scopes.length),
});
export const apiKeyInput = z.strictObject({ keyId: z.uuid() });

export type CreateApiKeyInput = z.infer<typeof createApiKeyInput>;

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  /** First characters of the key, to recognise it by. */
  readonly prefix: string;
  readonly scopes: readonly string[];
  readonly createdAt: string;
  readonly createdBy: string;
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
}
