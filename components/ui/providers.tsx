'use client';

/** What the parts of this folder need above them, in one piece. The root layout puts it around everything. */
import { CSPProvider } from '@base-ui/react/csp-provider';
import { Tooltip } from '@base-ui/react/tooltip';
import type { ReactNode } from 'react';
import type { Preferences } from './preference-cookies';
import { PreferencesProvider } from './preferences';
import { ToastProvider } from './toast';

export interface UiProvidersProps {
  preferences: Preferences;
  /** Of the content security policy, for the few style elements Base UI writes. */
  nonce?: string;
  children: ReactNode;
}

export function UiProviders({ preferences, nonce, children }: UiProvidersProps) {
  return (
    <CSPProvider nonce={nonce}>
      <PreferencesProvider initial={preferences}>
        <Tooltip.Provider closeDelay={80}>
          <ToastProvider>{children}</ToastProvider>
        </Tooltip.Provider>
      </PreferencesProvider>
    </CSPProvider>
  );
}
