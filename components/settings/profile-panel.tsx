'use client';

/** Name, e-mail and role. The e-mail is who one is to sign-in and the role is given by others: both are shown only. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { type FormEvent, useState } from 'react';
import { FormFault } from '@/components/auth/form-fault';
import { fieldFaults, messageOf } from '@/components/trpc/failure';
import { useTRPC } from '@/components/trpc/provider';
import { Button } from '@/components/ui/button';
import { Facts } from '@/components/ui/facts';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { ErrorState, Skeleton } from '@/components/ui/states';
import { useToast } from '@/components/ui/toast';
import styles from './settings.module.css';
import { SettingsPanel } from './settings-panel';

export function ProfilePanel() {
  const profile = useQuery(useTRPC().profile.get.queryOptions());
  return (
    <SettingsPanel title="Profile">
      {profile.data ? (
        <ProfileForm name={profile.data.user.name} email={profile.data.user.email} role={profile.data.role} />
      ) : profile.error ? (
        <ErrorState error={profile.error} onRetry={() => void profile.refetch()} isRetrying={profile.isFetching} />
      ) : (
        <div role="status" aria-label="Loading the profile">
          <Skeleton width="240px" />
        </div>
      )}
    </SettingsPanel>
  );
}

function ProfileForm({ name: storedName, email, role }: { name: string; email: string; role: string }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const router = useRouter();
  const toast = useToast();
  const [name, setName] = useState(storedName);
  const update = useMutation(trpc.profile.update.mutationOptions());
  const faults = fieldFaults(update.error);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (update.isPending) return;
    update.mutate(
      { name },
      {
        onSuccess: (profile) => {
          queryClient.setQueryData(trpc.profile.get.queryKey(), profile);
          setName(profile.user.name);
          toast.show({ title: 'Profile saved.' });
          // The frame shows the name and is drawn on the server.
          router.refresh();
        },
      },
    );
  };

  return (
    <form className={styles.column} noValidate onSubmit={submit}>
      {update.error && Object.keys(faults).length === 0 && <FormFault>{messageOf(update.error)}</FormFault>}
      <Field label="Name" error={faults['/name']} className={styles.narrow}>
        <Input value={name} onValueChange={setName} autoComplete="name" />
      </Field>
      <Facts
        facts={[
          { name: 'E-mail', value: email },
          { name: 'Role', value: `${role}: ${roleWords[role] ?? ''}` },
        ]}
      />
      <div className={styles.actions}>
        <Button type="submit" variant="primary" busy={update.isPending} disabled={name === storedName}>
          Save profile
        </Button>
      </div>
    </form>
  );
}

const roleWords: Readonly<Partial<Record<string, string>>> = {
  owner: 'may do everything in this workspace',
  editor: 'may draw, publish and run flows, and edit variables and secrets',
  viewer: 'may look at everything and change nothing',
};
