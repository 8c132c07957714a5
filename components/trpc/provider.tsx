'use client';

/**
 * The browser's way to the server: typed queries, mutations and live notes. Put {@link ApiProvider} around whatever
 * calls `useTRPC`. Refuses to show anything but the sign-in-again dialog, which stands over the page when the session
 * ends so that nothing on it is lost.
 */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createTRPCClient, httpBatchLink, httpSubscriptionLink, splitLink } from '@trpc/client';
import { type ReactNode, useEffect, useState } from 'react';
import { SignInAgainDialog } from '@/components/auth/sign-in-again-dialog';
import { connectionStore } from '@/components/frame/connection-store';
import type { AppRouter } from '@/server/trpc/router';
import { TRPCProvider, useTRPC, useTRPCClient } from './context';
import { isWorthRetrying } from './failure';
import { listInputLink } from './list-input-link';
import { PreferencesSync } from './preferences-sync';
import { steadyLink } from './steady-link';

export { useTRPC, useTRPCClient };

const url = '/api/trpc';

/** Several components of one page may ask the same within one render; older answers are asked again on focus. */
const staleTimeMs = 2_000;
/** Longer batches are split: proxies and servers refuse long addresses. */
const urlLengthMax = 6_000;

export interface ApiProviderProps {
  /** E-mail of whoever is signed in; left out on the pages before that. */
  signedInAs?: string;
  children: ReactNode;
}

export function ApiProvider({ signedInAs, children }: ApiProviderProps) {
  const [queryClient] = useState(createQueryClient);
  const [trpcClient] = useState(createClient);
  useCatchingUp(queryClient);
  return (
    <QueryClientProvider client={queryClient}>
      <TRPCProvider queryClient={queryClient} trpcClient={trpcClient}>
        {children}
        {signedInAs !== undefined && <SignInAgainDialog email={signedInAs} />}
        {signedInAs !== undefined && <PreferencesSync />}
      </TRPCProvider>
    </QueryClientProvider>
  );
}

/** What is shown may be old once the connection is back: everything on the page is asked again. */
function useCatchingUp(queryClient: QueryClient): void {
  useEffect(() => {
    let wasLost = connectionStore.getState() === 'lost';
    return connectionStore.subscribe(() => {
      const isLost = connectionStore.getState() === 'lost';
      if (wasLost && !isLost) void queryClient.invalidateQueries();
      wasLost = isLost;
    });
  }, [queryClient]);
}

function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      // `always`: the server may be this very machine, whatever the browser thinks of the network.
      queries: { networkMode: 'always', retry: isWorthRetrying, staleTime: staleTimeMs },
      mutations: { networkMode: 'always', retry: false },
    },
  });
}

function createClient() {
  return createTRPCClient<AppRouter>({
    links: [
      steadyLink({
        answered: () => connectionStore.setState('ok'),
        lost: () => connectionStore.setState('lost'),
      }),
      listInputLink,
      splitLink({
        condition: (op) => op.type === 'subscription',
        true: httpSubscriptionLink({ url }),
        false: httpBatchLink({ url, maxURLLength: urlLengthMax }),
      }),
    ],
  });
}
