'use client';

/**
 * Keeps what a person chose for the look with their account, so that it follows them to another device. The cookies
 * stay the first source: what is drawn never waits for this, and a failure to store changes nothing on the screen.
 */
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { usePreferences } from '@/components/ui/preferences';
import { useTRPC } from './context';

export function PreferencesSync() {
  const { theme, density, timeZone } = usePreferences();
  const { mutate } = useMutation(useTRPC().profile.update.mutationOptions());
  const stored = useRef(`${theme} ${density} ${timeZone}`);

  useEffect(() => {
    const wanted = `${theme} ${density} ${timeZone}`;
    if (wanted === stored.current) return;
    stored.current = wanted;
    mutate({ preferences: { theme, density, timeZone } });
  }, [theme, density, timeZone, mutate]);
  return null;
}
