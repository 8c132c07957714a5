import { expect, test } from 'vitest';
import { parseHookPath } from '@/server/ingress/hook-path';

test.each([
  ['/hooks/main/orders', 'main', 'orders'],
  ['/hooks/main/orders/42/lines', 'main', 'orders/42/lines'],
  ['/hooks/main/o%72ders', 'main', 'orders'],
  ['/hooks/main/caf%C3%A9', 'main', 'café'],
  ['/hooks/main/a%20b', 'main', 'a b'],
  ['/hooks/main/a+b', 'main', 'a+b'],
  ['/hooks/main/...', 'main', '...'],
  ['/hooks/main/.well-known', 'main', '.well-known'],
  ['/hooks/main/__proto__', 'main', '__proto__'],
])('%s leads to %s, %s', (raw, workspaceSlug, path) => {
  expect(parseHookPath(raw)).toEqual({ type: 'path', workspaceSlug, path });
});

test.each([
  '/hooks',
  '/hooks/',
  '/hooks/main',
  '/hooks/main/',
  '/hooks//orders',
  '/hooks/main//orders',
  '/hooks/main/orders/',
  '/hooks/main/./orders',
  '/hooks/main/../other/orders',
  '/hooks/main/%2e%2e/orders',
  '/hooks/main/%2E/orders',
  '/hooks/main/orders/..',
  '/HOOKS/main/orders',
  '/',
  '*',
])('%s leads nowhere', (raw) => {
  expect(parseHookPath(raw)).toEqual({ type: 'nowhere' });
});

test.each([
  '/hooks/main/a%2Fb',
  '/hooks/main/a%2fb',
  '/hooks/main/%2e%2e%2fother',
  '/hooks/main/a%5Cb',
  '/hooks/main/a\\b',
  '/hooks/main/a%00b',
  '/hooks/main/a%0d%0ab',
  '/hooks/main/a%7F',
  '/hooks/main/a%C2%85',
  '/hooks/main/%',
  '/hooks/main/%zz',
  '/hooks/main/%ff',
  '/hooks/main/%c0%af',
  '/hooks/main/%ed%a0%80',
  '/hooks/%00/orders',
])('%s is malformed', (raw) => {
  expect(parseHookPath(raw)).toEqual({ type: 'malformed' });
});
