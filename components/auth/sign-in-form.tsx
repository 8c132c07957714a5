'use client';

/** E-mail and password. Used by the sign-in page and by the dialog that stands over a page whose session ended. */
import { type FormEvent, useRef, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import styles from './form.module.css';
import { FormFault } from './form-fault';
import { PasswordInput } from './password-input';
import { signIn } from './sign-in';

export interface SignInFormProps {
  /** Fixed: the person whose page is waiting. */
  email?: string;
  onSignedIn: () => Promise<void> | void;
}

interface Faults {
  email?: string;
  password?: string;
  form?: string;
}

export function SignInForm({ email: fixedEmail, onSignedIn }: SignInFormProps) {
  const [email, setEmail] = useState(fixedEmail ?? '');
  const [password, setPassword] = useState('');
  const [faults, setFaults] = useState<Faults>({});
  const [isBusy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);

  const focusFirst = (name: 'email' | 'password') =>
    form.current?.querySelector<HTMLInputElement>(`[data-field="${name}"] input`)?.focus();

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    if (isBusy) return;
    const missing: Faults = {
      ...(email.trim() === '' && { email: 'Enter your e-mail address.' }),
      ...(password === '' && { password: 'Enter your password.' }),
    };
    setFaults(missing);
    if (missing.email || missing.password) return focusFirst(missing.email ? 'email' : 'password');
    setBusy(true);
    const result = await signIn(email.trim(), password);
    if (result.isSignedIn) return onSignedIn();
    setBusy(false);
    setFaults({ form: result.message });
    if (result.isWrongPassword) focusFirst('password');
  };

  return (
    <form ref={form} className={styles.form} noValidate onSubmit={submit}>
      {faults.form && <FormFault>{faults.form}</FormFault>}
      <div data-field="email">
        <Field label="E-mail" error={faults.email}>
          <Input
            type="email"
            inputMode="email"
            autoComplete="username"
            value={email}
            onValueChange={setEmail}
            readOnly={fixedEmail !== undefined}
            autoFocus={fixedEmail === undefined}
          />
        </Field>
      </div>
      <div data-field="password">
        <Field label="Password" error={faults.password}>
          <PasswordInput
            value={password}
            onValueChange={setPassword}
            autoComplete="current-password"
            autoFocus={fixedEmail !== undefined}
          />
        </Field>
      </div>
      <Button type="submit" variant="primary" busy={isBusy}>
        Sign in
      </Button>
    </form>
  );
}
