'use client';

/** Adds a variable or changes its JSON. What does not parse is said at the field and never sent. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { FormFault } from '@/components/auth/form-fault';
import { fieldFaults, messageOf } from '@/components/trpc/failure';
import { useTRPC } from '@/components/trpc/provider';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input, Textarea } from '@/components/ui/input';
import { useToast } from '@/components/ui/toast';
import type { JsonValue } from '@/core/json';

export interface VariableDialogProps {
  /** Null to add one. */
  variable: { name: string; value: JsonValue } | null;
  onClose: () => void;
}

export function VariableDialog({ variable, onClose }: VariableDialogProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const toast = useToast();
  const put = useMutation(trpc.variables.put.mutationOptions());
  const first = useRef<HTMLInputElement>(null);
  const [name, setName] = useState(variable?.name ?? '');
  const [text, setText] = useState(variable === null ? '' : JSON.stringify(variable.value, null, 2));
  const [own, setOwn] = useState<OwnFaults>({});
  const faults = { ...fieldFaults(put.error), ...own };
  const isKnownField = '/name' in faults || '/value' in faults;

  const submit = () => {
    if (put.isPending) return;
    const parsed = parseJson(text);
    const found: OwnFaults = {
      ...(!namePattern.test(name) && { '/name': 'Letters, digits and "_", not beginning with a digit.' }),
      ...(parsed.fault !== null && { '/value': parsed.fault }),
    };
    setOwn(found);
    put.reset();
    if (parsed.fault !== null || found['/name'] !== undefined) return;
    put.mutate(
      { name, value: parsed.value },
      {
        onSuccess: async () => {
          await queryClient.invalidateQueries(trpc.variables.list.pathFilter());
          toast.show({ title: `${name} saved.` });
          onClose();
        },
      },
    );
  };

  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={variable === null ? 'New variable' : `Edit ${variable.name}`}
      onSubmit={submit}
      initialFocus={first}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={put.isPending}>
            Save variable
          </Button>
        </>
      }
    >
      {put.error && !isKnownField && <FormFault>{messageOf(put.error)}</FormFault>}
      <Field
        label="Name"
        error={faults['/name']}
        hint={
          variable === null && !faults['/name']
            ? 'Letters, digits and "_": expressions read it as vars.name.'
            : undefined
        }
      >
        <Input ref={first} code value={name} onValueChange={setName} readOnly={variable !== null} />
      </Field>
      <Field
        label="Value"
        aside="JSON"
        error={faults['/value']}
        hint={'A text stands in quotes: "EUR". Numbers, true, false, null, lists and objects do not.'}
      >
        <Textarea code rows={8} value={text} onValueChange={setText} />
      </Field>
    </Dialog>
  );
}

/** Faults that need no answer from the server: what is not JSON cannot be sent, and then the name is judged here too. */
type OwnFaults = { readonly '/name'?: string; readonly '/value'?: string };

/** As an expression can write it after `vars.`. */
const namePattern = /^[A-Za-z_][A-Za-z0-9_]*$/;

type Parsed = { readonly value: JsonValue; readonly fault: null } | { readonly value: null; readonly fault: string };

function parseJson(text: string): Parsed {
  if (text.trim() === '') return { value: null, fault: 'Enter a JSON value, or null for none.' };
  try {
    return { value: JSON.parse(text) as JsonValue, fault: null };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { value: null, fault: `This is not JSON: ${why}. A text needs quotes around it.` };
  }
}
