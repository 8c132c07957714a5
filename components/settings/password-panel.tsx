'use client';

/** Changes the password. Every other session of this person ends with it. */
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { FormFault } from '@/components/auth/form-fault';
import { PasswordInput } from '@/components/auth/password-input';
import { fieldFaults, messageOf } from '@/components/trpc/failure';
import { useTRPC } from '@/components/trpc/provider';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { useToast } from '@/components/ui/toast';
import styles from './settings.module.css';
import { SettingsPanel } from './settings-panel';

export function PasswordPanel() {
  const change = useMutation(useTRPC().profile.changePassword.mutationOptions());
  const toast = useToast();
  const [currentPassword, setCurrent] = useState('');
  const [newPassword, setNew] = useState('');
  const faults = fieldFaults(change.error);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (change.isPending) return;
    change.mutate(
      { currentPassword, newPassword },
      {
        onSuccess: () => {
          setCurrent('');
          setNew('');
          toast.show({ title: 'Password changed.', more: 'Everywhere else you have been signed out.' });
        },
      },
    );
  };

  return (
    <SettingsPanel title="Password">
      <form className={styles.column} noValidate onSubmit={submit}>
        {change.error && Object.keys(faults).length === 0 && <FormFault>{messageOf(change.error)}</FormFault>}
        <Field label="Current password" error={faults['/currentPassword']} className={styles.narrow}>
          <PasswordInput value={currentPassword} onValueChange={setCurrent} autoComplete="current-password" />
        </Field>
        <Field
          label="New password"
          error={faults['/newPassword']}
          hint={faults['/newPassword'] ? undefined : 'At least 8 characters.'}
          className={styles.narrow}
        >
          <PasswordInput value={newPassword} onValueChange={setNew} autoComplete="new-password" />
        </Field>
        <div className={styles.actions}>
          <Button type="submit" busy={change.isPending}>
            Change password
          </Button>
          <span className="small-text muted">Ends your sessions on every other device.</span>
        </div>
      </form>
    </SettingsPanel>
  );
}
