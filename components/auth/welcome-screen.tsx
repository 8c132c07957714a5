'use client';

/** The first visit: makes the owner and signs them in. All faults come back at once, each at its field. */
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { fieldFaults, messageOf, problemOf } from '@/components/trpc/failure';
import { useTRPC } from '@/components/trpc/provider';
import { Button, ButtonLink } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { AuthPage } from './auth-page';
import styles from './form.module.css';
import { FormFault } from './form-fault';
import { PasswordInput } from './password-input';
import { signIn } from './sign-in';

export function WelcomeScreen({ needsSetupToken }: { needsSetupToken: boolean }) {
  const trpc = useTRPC();
  const create = useMutation(trpc.firstVisit.createOwner.mutationOptions());
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [setupToken, setSetupToken] = useState('');
  const [isEntering, setEntering] = useState(false);
  const faults = fieldFaults(create.error);
  const isDone = problemOf(create.error)?.code === 'auth.setupDone';

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (create.isPending || isEntering) return;
    const owner = { name, email, password, ...(needsSetupToken && { setupToken }) };
    create.mutate(owner, {
      onSuccess: async () => {
        setEntering(true);
        const result = await signIn(email.trim(), password);
        location.assign(result.isSignedIn ? '/flows' : '/sign-in');
      },
    });
  };

  return (
    <AuthPage
      title="Welcome to Headrace"
      says="Create the owner of this installation. The owner can do everything: draw flows, make API keys, store secrets."
    >
      <form className={styles.form} noValidate onSubmit={submit}>
        {create.error && Object.keys(faults).length === 0 && (
          <FormFault action={isDone && <ButtonLink href="/sign-in">Sign in</ButtonLink>}>
            {messageOf(create.error)}
          </FormFault>
        )}
        {needsSetupToken && (
          <Field
            label="Set-up token"
            error={faults['/setupToken']}
            hint="Printed by the terminal in which Headrace was started: it proves that you run this machine."
          >
            <Input code value={setupToken} onValueChange={setSetupToken} autoFocus />
          </Field>
        )}
        <Field label="Name" error={faults['/name']}>
          <Input value={name} onValueChange={setName} autoComplete="name" autoFocus={!needsSetupToken} />
        </Field>
        <Field
          label="E-mail"
          error={faults['/email']}
          hint={faults['/email'] ? undefined : 'You sign in with it. Nothing is sent to it.'}
        >
          <Input type="email" inputMode="email" autoComplete="username" value={email} onValueChange={setEmail} />
        </Field>
        <Field
          label="Password"
          error={faults['/password']}
          hint={faults['/password'] ? undefined : 'At least 8 characters.'}
        >
          <PasswordInput value={password} onValueChange={setPassword} autoComplete="new-password" />
        </Field>
        <Button type="submit" variant="primary" busy={create.isPending || isEntering}>
          Create the owner and start
        </Button>
      </form>
    </AuthPage>
  );
}
