import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { createSecretBox, deriveKey } from '@/server/adapters/secret-box';

const workspaceId = '0199d1f0-0000-7000-8000-000000000001';
const box = createSecretBox(randomBytes(32));
const unreadable = expect.objectContaining({ code: 'secret.unreadable' });

test('a value of any text opens as it was sealed', () => {
  for (const value of ['', 'token', 'schlüssel\u0000🔑', 'x'.repeat(16 * 1024)]) {
    expect(box.open(workspaceId, 'token', box.seal(workspaceId, 'token', value))).toBe(value);
  }
});

test('sealing the same value twice gives different bytes, none of which is the value', () => {
  const first = box.seal(workspaceId, 'token', 'visible-value');
  const second = box.seal(workspaceId, 'token', 'visible-value');
  expect(Buffer.from(first.sealed)).not.toEqual(Buffer.from(second.sealed));
  expect(Buffer.from(first.sealed).includes('visible-value')).toBe(false);
});

test('a box does not open in another workspace, under another name or with another key', () => {
  const sealed = box.seal(workspaceId, 'token', 'value');
  expect(() => box.open('0199d1f0-0000-7000-8000-000000000002', 'token', sealed)).toThrow(unreadable);
  expect(() => box.open(workspaceId, 'token2', sealed)).toThrow(unreadable);
  expect(() => createSecretBox(randomBytes(32)).open(workspaceId, 'token', sealed)).toThrow(unreadable);
});

test('a box with any byte changed, or cut short, does not open', () => {
  const sealed = box.seal(workspaceId, 'token', 'value');
  for (let at = 0; at < sealed.sealed.length; at += 1) {
    const altered = Uint8Array.from(sealed.sealed);
    altered[at] = (altered[at] ?? 0) ^ 1;
    expect(() => box.open(workspaceId, 'token', { ...sealed, sealed: altered })).toThrow(unreadable);
  }
  expect(() => box.open(workspaceId, 'token', { ...sealed, sealed: sealed.sealed.slice(0, 20) })).toThrow(unreadable);
});

test('derived keys differ by purpose and are stable', () => {
  const master = Buffer.alloc(32, 7);
  expect(deriveKey(master, 'session')).toEqual(deriveKey(master, 'session'));
  expect(deriveKey(master, 'session')).not.toEqual(deriveKey(master, 'secrets'));
  expect(deriveKey(master, 'session')).toHaveLength(32);
});

test('a key of another length is refused', () => {
  expect(() => createSecretBox(randomBytes(16))).toThrow(expect.objectContaining({ code: 'config.invalid' }));
});
