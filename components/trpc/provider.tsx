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
import { documentVisibility, visibleLink } from './visible-link';

export { useTRPC, useTRPCClient };

const url = '/api/trpc';

/** Several components of one page may ask the same within one render; older answers are asked again on focus. */
const staleTimeMs = 2_000;
/** Often enough that the banner goes soon, seldom enough for a server that has just come up. */
const probeEveryMs = 3_000;
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

/**
 * While the connection is lost, asks whether the server is there again; a page without a live stream would not notice.
 * What is shown may be old by then, so everything on the page is asked anew.
 */
function useCatchingUp(queryClient: QueryClient): void {
  useEffect(() => {
    let probing: ReturnType<typeof setInterval> | undefined;
    const follow = (): void => {
      const isLost = connectionStore.getState() === 'lost';
      if (isLost) probing ??= setInterval(probe, probeEveryMs);
      else if (probing !== undefined) {
        clearInterval(probing);
        probing = undefined;
        void queryClient.invalidateQueries();
      }
    };
    follow();
    const unsubscribe = connectionStore.subscribe(follow);
    return () => {
      unsubscribe();
      clearInterval(probing);
    };
  }, [queryClient]);
}

async function probe(): Promise<void> {
  try {
    const { ok } = await fetch('/healthz', { cache: 'no-store' });
    if (ok) connectionStore.setState('ok');
  } catch {
    // Still away: the next probe asks again.
  }
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
      visibleLink(documentVisibility),
      listInputLink,
      splitLink({
        condition: (op) => op.type === 'subscription',
        true: httpSubscriptionLink({ url }),
        false: httpBatchLink({ url, maxURLLength: urlLengthMax }),
      }),
    ],
  });
}
