/**
 * Names and values of the preference cookies, shared by the server that reads and the browser that writes them.
 * Refuses values it does not know: a cookie is input like any other.
 */
import { isTimeZone } from './time';

export type Theme = 'light' | 'dark' | 'system';
export type Density = 'compact' | 'comfortable';

export interface Preferences {
  readonly theme: Theme;
  readonly density: Density;
  /** An IANA name, or `auto` for that of the browser. */
  readonly timeZone: string;
}

export const preferenceCookies: Readonly<Record<keyof Preferences, string>> = {
  theme: 'headrace-theme',
  density: 'headrace-density',
  timeZone: 'headrace-time-zone',
};

/** @param read gives the value of a cookie by name; anything unknown becomes the default */
export function readPreferences(read: (cookie: string) => string | undefined): Preferences {
  const theme = read(preferenceCookies.theme);
  const timeZone = read(preferenceCookies.timeZone);
  return {
    theme: theme === 'light' || theme === 'dark' ? theme : 'system',
    density: read(preferenceCookies.density) === 'comfortable' ? 'comfortable' : 'compact',
    timeZone: timeZone !== undefined && isTimeZone(timeZone) ? timeZone : 'auto',
  };
}
