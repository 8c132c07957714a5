/** One's own account. */
import type { Metadata } from 'next';
import { PageBody } from '@/components/frame/page-header';
import { LookPanel } from '@/components/settings/look-panel';
import { PasswordPanel } from '@/components/settings/password-panel';
import { ProfilePanel } from '@/components/settings/profile-panel';
import { SettingsColumn } from '@/components/settings/settings-panel';

export const metadata: Metadata = { title: 'Profile' };

export default function ProfilePage() {
  return (
    <PageBody padded>
      <SettingsColumn>
        <ProfilePanel />
        <LookPanel />
        <PasswordPanel />
      </SettingsColumn>
    </PageBody>
  );
}
