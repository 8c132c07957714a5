import { describe, expect, it } from 'vitest';
import { ownOrigins, requireOwnOrigin } from './origin';

const origins = ownOrigins({ publicUrl: 'https://headrace.example.com', isLoopback: false });
const refusal = (headers: Record<string, string>): string | null => {
  try {
    requireOwnOrigin(new Headers(headers), origins);
    return null;
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('the origin of a change', () => {
  it('is accepted from the public address alone', () => {
    expect(refusal({ origin: 'https://headrace.example.com' })).toBeNull();
    expect(refusal({ origin: 'https://headrace.example.com', 'sec-fetch-site': 'same-origin' })).toBeNull();
  });

  it.each<[string, Record<string, string>]>([
    ['a request that does not say where it comes from', {}],
    ['one without Origin', { 'sec-fetch-site': 'same-origin' }],
    ['a sandboxed page', { origin: 'null' }],
    ['another protocol', { origin: 'http://headrace.example.com' }],
    ['another port', { origin: 'https://headrace.example.com:8443' }],
    ['a name that only begins like ours', { origin: 'https://headrace.example.com.evil.example' }],
    ['a contradiction', { origin: 'https://headrace.example.com', 'sec-fetch-site': 'cross-site' }],
    ['a sibling site', { origin: 'https://headrace.example.com', 'sec-fetch-site': 'same-site' }],
  ])('refuses %s', (_what, headers) => {
    expect(refusal(headers)).toBe('auth.originRefused');
  });

  it('knows this machine by all its names, at the same port only, while nobody else can reach it', () => {
    expect(ownOrigins({ publicUrl: 'http://127.0.0.1:3000', isLoopback: true })).toEqual([
      'http://localhost:3000',
      'http://127.0.0.1:3000',
      'http://[::1]:3000',
    ]);
    expect(ownOrigins({ publicUrl: 'http://localhost:3000', isLoopback: false })).toEqual(['http://localhost:3000']);
    expect(ownOrigins({ publicUrl: 'https://tunnel.example.com', isLoopback: true })).toEqual([
      'https://tunnel.example.com',
    ]);
  });
});
