'use client';

/**
 * What a person set for the look of the product: theme, density, time zone. Kept in cookies, so that the server draws
 * the first picture right and nothing flashes. Refuses everything that changes behaviour.
 */
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState, useSyncExternalStore } from 'react';
import { type Preferences, preferenceCookies } from './preference-cookies';

interface PreferencesContext extends Preferences {
  /** The zone to show times in: the chosen one, else the browser's (UTC until the browser has said). */
  readonly resolvedTimeZone: string;
  /** Applies at once and writes the cookies, for a year. */
  readonly setPreferences: (change: Partial<Preferences>) => void;
}

const Context = createContext<PreferencesContext | null>(null);

const yearSeconds = 365 * 24 * 60 * 60;
const never = () => () => undefined;
const browserTimeZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

export function PreferencesProvider({ initial, children }: { initial: Preferences; children: ReactNode }) {
  const [preferences, setState] = useState(initial);
  const ownTimeZone = useSyncExternalStore(never, browserTimeZone, () => 'UTC');

  const setPreferences = useCallback((change: Partial<Preferences>) => {
    setState((before) => ({ ...before, ...change }));
    if (change.theme) document.documentElement.dataset.theme = change.theme;
    if (change.density) document.documentElement.dataset.density = change.density;
    for (const [name, cookie] of Object.entries(preferenceCookies)) {
      const value = change[name as keyof Preferences];
      if (value) writeCookie(cookie, value);
    }
  }, []);

  const value = useMemo(() => {
    const resolvedTimeZone = preferences.timeZone === 'auto' ? ownTimeZone : preferences.timeZone;
    return { ...preferences, resolvedTimeZone, setPreferences };
  }, [preferences, ownTimeZone, setPreferences]);
  return <Context value={value}>{children}</Context>;
}

function writeCookie(name: string, value: string): void {
  const secure = location.protocol === 'https:' ? '; secure' : '';
  const text = `${name}=${encodeURIComponent(value)}; path=/; max-age=${yearSeconds}; samesite=lax${secure}`;
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API exists only on https and localhost
  document.cookie = text;
}

/** @throws Error outside PreferencesProvider (the root layout has one) */
export function usePreferences(): PreferencesContext {
  const found = useContext(Context);
  if (!found) throw new Error('usePreferences needs PreferencesProvider above it');
  return found;
}
