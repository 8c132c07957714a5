/** The settings: one title and a tab for each address below. */
import type { ReactNode } from 'react';
import { PageHeader } from '@/components/frame/page-header';
import { SettingsTabs } from '@/components/settings/settings-tabs';

export default function SettingsLayout({ children }: { children: ReactNode }) {
  return (
    <>
      <PageHeader title="Settings" />
      <SettingsTabs />
      {children}
    </>
  );
}
