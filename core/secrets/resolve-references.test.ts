import { expect, test } from 'vitest';
import { resolveSecretReferences } from '@/core/secrets/resolve-references';

const values: Record<string, string> = { token: 'tok-1', key: 'key-2' };
const reveal = async (name: string): Promise<string> => values[name] ?? `no ${name}`;

test('fills references in wherever they stand and leaves the rest alone', async () => {
  const given = { a: [{ $secret: 'token', prefix: 'Bearer ' }, 1], b: { c: { $secret: 'key' } }, d: null };
  expect(await resolveSecretReferences(given, reveal)).toEqual({ a: ['Bearer tok-1', 1], b: { c: 'key-2' }, d: null });
  expect(given.b.c).toEqual({ $secret: 'key' });
});

test('returns the very value when there is nothing to fill in', async () => {
  const given = { a: [1, { b: 'x' }] };
  expect(await resolveSecretReferences(given, reveal)).toBe(given);
});

test('refuses a malformed reference instead of sending it as data', async () => {
  const refused = expect.objectContaining({ code: 'step.configInvalid' });
  await expect(resolveSecretReferences({ a: { $secret: 'token', more: 1 } }, reveal)).rejects.toThrow(refused);
  await expect(resolveSecretReferences({ a: { $secret: 7 } }, reveal)).rejects.toThrow(refused);
});
