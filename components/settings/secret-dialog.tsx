'use client';

/** Stores a secret or replaces its value. The origins of an existing one are filled in; its value is not, and cannot be. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { FormFault } from '@/components/auth/form-fault';
import { PasswordInput } from '@/components/auth/password-input';
import { fieldFaults, messageOf } from '@/components/trpc/failure';
import { useTRPC } from '@/components/trpc/provider';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input, Textarea } from '@/components/ui/input';
import { useToast } from '@/components/ui/toast';

export interface SecretDialogProps {
  /** Null to store a new one. */
  secret: { name: string; origins: readonly string[] } | null;
  onClose: () => void;
}

export function SecretDialog({ secret, onClose }: SecretDialogProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const toast = useToast();
  const put = useMutation(trpc.secrets.put.mutationOptions());
  const first = useRef<HTMLInputElement>(null);
  const [name, setName] = useState(secret?.name ?? '');
  const [value, setValue] = useState('');
  const [origins, setOrigins] = useState(secret?.origins.join('\n') ?? '');
  const faults = fieldFaults(put.error);
  const originFault = Object.entries(faults).find(([pointer]) => pointer.startsWith('/origins'))?.[1];
  const isKnownField = Boolean(faults['/name'] || faults['/value'] || originFault);

  const submit = () => {
    if (put.isPending) return;
    put.mutate(
      { name, value, origins: linesOf(origins) },
      {
        onSuccess: async () => {
          await queryClient.invalidateQueries(trpc.secrets.list.pathFilter());
          toast.show({ title: secret === null ? `${name} stored.` : `${name} replaced.` });
          onClose();
        },
      },
    );
  };

  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={secret === null ? 'New secret' : `Replace ${secret.name}`}
      description={secret === null ? undefined : 'Steps that start from now on use the new value.'}
      onSubmit={submit}
      initialFocus={first}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={put.isPending}>
            {secret === null ? 'Store secret' : 'Replace value'}
          </Button>
        </>
      }
    >
      {put.error && !isKnownField && <FormFault>{messageOf(put.error)}</FormFault>}
      <Field
        label="Name"
        error={faults['/name']}
        hint={secret === null ? 'Steps name it: {"$secret": "name"}.' : undefined}
      >
        <Input ref={first} code value={name} onValueChange={setName} readOnly={secret !== null} />
      </Field>
      <Field label="Value" error={faults['/value']} hint="Cannot be read again once stored.">
        <PasswordInput value={value} onValueChange={setValue} autoComplete="off" />
      </Field>
      <Field
        label="Origins"
        optional
        error={originFault}
        hint="One per line, such as https://api.example.com. Empty: any public origin."
      >
        <Textarea code rows={3} value={origins} onValueChange={setOrigins} />
      </Field>
    </Dialog>
  );
}

const linesOf = (text: string): string[] =>
  text
    .split(/[\s,]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
