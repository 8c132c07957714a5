'use client';

/** Makes an API key in two views of one dialog: what it is for and may do, then the key itself, once, ready to use. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { FormFault } from '@/components/auth/form-fault';
import { fieldFaults, messageOf } from '@/components/trpc/failure';
import { useTRPC } from '@/components/trpc/provider';
import { Button } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copy-button';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { SecretValue } from '@/components/ui/secret-value';
import { ScopePicker } from './scope-picker';
import { defaultScopes, type Scope } from './scopes';

export interface CreateApiKeyDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function CreateApiKeyDialog({ open, onOpenChange }: CreateApiKeyDialogProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const create = useMutation(trpc.apiKeys.create.mutationOptions());
  const first = useRef<HTMLInputElement>(null);
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<readonly Scope[]>(defaultScopes);

  const close = (isOpen: boolean) => {
    onOpenChange(isOpen);
    if (isOpen) return;
    create.reset();
    setName('');
    setScopes(defaultScopes);
  };
  const submit = () => {
    if (create.isPending) return;
    create.mutate(
      { name, scopes: [...scopes] },
      { onSuccess: () => queryClient.invalidateQueries(trpc.apiKeys.list.queryFilter()) },
    );
  };

  if (create.data !== undefined) return <ShowKey name={create.data.name} value={create.data.key} onClose={close} />;
  const faults = fieldFaults(create.error);
  return (
    <Dialog
      open={open}
      onOpenChange={close}
      title="New API key"
      description="One key per program: the list then shows which one is in use, and one can be revoked alone."
      onSubmit={submit}
      initialFocus={first}
      footer={
        <>
          <Button onClick={() => close(false)}>Cancel</Button>
          <Button type="submit" variant="primary" busy={create.isPending}>
            Create key
          </Button>
        </>
      }
    >
      {create.error && Object.keys(faults).length === 0 && <FormFault>{messageOf(create.error)}</FormFault>}
      <Field label="Name" error={faults['/name']} hint="What uses it: “Order system”, “Nightly import”.">
        <Input ref={first} value={name} onValueChange={setName} autoComplete="off" />
      </Field>
      <ScopePicker selected={scopes} onChange={setScopes} error={faults['/scopes']} />
    </Dialog>
  );
}

interface ShowKeyProps {
  name: string;
  value: string;
  onClose: (isOpen: false) => void;
}

function ShowKey({ name, value, onClose }: ShowKeyProps) {
  const curl = `curl -H "Authorization: Bearer ${value}" ${location.origin}/api/v1/flows`;
  return (
    <Dialog
      open
      onOpenChange={() => onClose(false)}
      title={`${name} is ready`}
      footer={
        <Button variant="primary" onClick={() => onClose(false)}>
          Done
        </Button>
      }
    >
      <SecretValue value={value} name="API key" />
      <div className="bar">
        <span className="small-text muted">Try it:</span>
        <span className="push">
          <CopyButton text={curl} label="Copy command" words />
        </span>
      </div>
      <pre className="sample">{curl}</pre>
    </Dialog>
  );
}
