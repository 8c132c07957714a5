import { expect, test } from 'vitest';
import { createSecretBox } from '@/server/adapters/secret-box';
import { createSecretResolver, type StoredSecret } from '@/server/services/secrets/resolve-secrets';

const secretBox = createSecretBox(Buffer.alloc(32, 1));
const stored = (value: string, origins: string[] = []): StoredSecret => ({
  ...secretBox.seal('w1', 'key', value),
  origins,
});
const resolverOf = (secret: StoredSecret | undefined) =>
  createSecretResolver({ secretBox, storedSecrets: { read: async () => secret } });
const fault = (code: string) => expect.objectContaining({ code });

test('a secret without declared origins goes where the flow sends it', async () => {
  const source = resolverOf(stored('v-1')).sourceFor('w1');
  expect(await source.reveal('key', 'https://anywhere.test')).toBe('v-1');
});

test('a secret with declared origins goes to exactly those', async () => {
  const source = resolverOf(stored('v-1', ['https://api.test', 'http://api.test:8080'])).sourceFor('w1');
  expect(await source.reveal('key', 'https://api.test')).toBe('v-1');
  for (const origin of [
    'http://api.test',
    'https://api.test:444',
    'https://sub.api.test',
    'https://api.test.evil.test',
  ]) {
    await expect(source.reveal('key', origin)).rejects.toThrow(fault('secret.originRefused'));
  }
});

test('a secret that is missing, or was sealed for another workspace, is not given', async () => {
  await expect(resolverOf(undefined).sourceFor('w1').reveal('key', 'https://a.test')).rejects.toThrow(
    fault('secret.missing'),
  );
  await expect(resolverOf(stored('v')).sourceFor('w2').reveal('key', 'https://a.test')).rejects.toThrow(
    fault('secret.unreadable'),
  );
});

test('verification inside the process reads whatever the origins', async () => {
  expect(await resolverOf(stored('v-1', ['https://api.test'])).read('w1', 'key')).toBe('v-1');
  expect(await resolverOf(undefined).read('w1', 'key')).toBeUndefined();
});
