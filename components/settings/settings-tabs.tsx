'use client';

/** The tabs of the settings, each an address of its own. */
import { LinkTabs } from '@/components/frame/page-header';

const tabs = [
  { href: '/settings/profile', label: 'Profile' },
  { href: '/settings/api-keys', label: 'API keys' },
  { href: '/settings/variables', label: 'Variables' },
  { href: '/settings/secrets', label: 'Secrets' },
  { href: '/settings/workers', label: 'Workers' },
  { href: '/settings/about', label: 'About' },
];

export const SettingsTabs = () => <LinkTabs label="Settings" tabs={tabs} />;
