'use client';

/** The views of one flow: its editor, its runs, its versions. */
import type { ReactNode } from 'react';
import { LinkTabs } from '@/components/frame/page-header';

export function FlowTabs({ flowId, aside }: { flowId: string; aside?: ReactNode }) {
  return (
    <LinkTabs
      label="Flow"
      tabs={[
        { href: `/flows/${flowId}`, label: 'Editor' },
        { href: `/runs?flow=${flowId}`, label: 'Runs' },
        { href: `/flows/${flowId}/versions`, label: 'Versions' },
      ]}
      aside={aside}
    />
  );
}
