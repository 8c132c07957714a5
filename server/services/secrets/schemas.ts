/** Secrets: values that are written once and never shown again, with the origins they may be sent to. */
import { z } from 'zod';
import { limits } from '@/core/limits';
import { secretReference } from '@/core/steps/secret-reference';
import { pageInput, pageOf, text } from '@/server/services/common-schemas';

/** As `{"$secret": name}` accepts it. */
export const secretName = secretReference.shape.$secret;

const origin = text(300).refine(isOrigin, {
  error: 'An origin is http(s)://host or http(s)://host:port, without a path.',
});

export const secretInput = z.strictObject({ name: secretName });
export const putSecretBody = z.strictObject({
  value: text(limits.secretBytes).min(1),
  origins: z.array(origin).max(50).optional().describe('Origins it may be sent to; absent or empty: any public origin'),
});
export const putSecretInput = z.strictObject({ name: secretName, ...putSecretBody.shape });
export const listSecretsInput = z.strictObject(pageInput);

export const secretSchema = z.object({
  name: z.string(),
  origins: z.array(z.string()),
  updatedAt: z.string(),
});
export const secretPageSchema = pageOf(secretSchema);

export type PutSecretInput = z.infer<typeof putSecretInput>;
export type ListSecretsInput = z.infer<typeof listSecretsInput>;
export type Secret = z.infer<typeof secretSchema>;

function isOrigin(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, pathname, search, hash, username, password } = new URL(value);
  const isBare = pathname === '/' && `${search}${hash}${username}${password}` === '';
  return isBare && (protocol === 'https:' || protocol === 'http:');
}
