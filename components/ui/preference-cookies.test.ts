import { describe, expect, it } from 'vitest';
import { readPreferences } from './preference-cookies';

const read = (cookies: Record<string, string>) => readPreferences((name) => cookies[name]);

describe('preferences', () => {
  it('follow the system and the browser until a person says otherwise', () => {
    expect(read({})).toEqual({ theme: 'system', density: 'compact', timeZone: 'auto' });
  });

  it('are what the cookies say', () => {
    const cookies = {
      'headrace-theme': 'dark',
      'headrace-density': 'comfortable',
      'headrace-time-zone': 'Europe/Oslo',
    };
    expect(read(cookies)).toEqual({ theme: 'dark', density: 'comfortable', timeZone: 'Europe/Oslo' });
  });

  it('refuse values nobody offered', () => {
    const cookies = {
      'headrace-theme': '"><script>',
      'headrace-density': 'huge',
      'headrace-time-zone': 'Mars/Olympus',
    };
    expect(read(cookies)).toEqual({ theme: 'system', density: 'compact', timeZone: 'auto' });
  });
});
