import { describe, expect, it } from 'vitest';
import { safeNext } from './safe-next';

describe('the way back after signing in', () => {
  it('keeps a path of this site with its query and hash', () => {
    expect(safeNext('/runs?status=failed#top')).toBe('/runs?status=failed#top');
  });

  it.each([
    null,
    undefined,
    '',
    'runs',
    'https://evil.example/',
    '//evil.example/runs',
    '/\\evil.example',
    '/\t/evil.example',
    '/.//evil.example',
    'javascript:alert(1)',
  ])('leads home instead of to %j', (next) => {
    expect(safeNext(next)).toBe('/flows');
  });
});
