/** Around the pages of people who are not signed in: the client of the API, and nothing of the frame. */
import type { ReactNode } from 'react';
import { ApiProvider } from '@/components/trpc/provider';

export default function AuthLayout({ children }: { children: ReactNode }) {
  return <ApiProvider>{children}</ApiProvider>;
}
