'use client';

/** Begins a flow: a name and how it starts, or an example. The canvas then opens with what was chosen. */
import { useRef, useState } from 'react';
import { manifestOf, manifests } from '@/components/canvas/catalogue';
import { noSelection } from '@/components/canvas/store/command';
import { addStep } from '@/components/canvas/store/commands/graph-commands';
import { messageOf } from '@/components/trpc/failure';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Icon, type IconName } from '@/components/ui/icon';
import { Input } from '@/components/ui/input';
import type { FlowDocument } from '@/core/flow/document';
import { limits } from '@/core/limits';
import { slugOf } from './download';
import { Examples } from './examples';

export interface NewFlowDialogProps {
  onOpenChange: (open: boolean) => void;
  /** Creates and opens it. */
  onCreate: (document: FlowDocument) => Promise<void>;
}

const triggers = manifests.filter((manifest) => manifest.isTrigger);

/** An empty flow with one trigger; a webhook answers at a path made of the name. */
export function newFlow(name: string, triggerKind: string): FlowDocument {
  const empty: FlowDocument = { headrace: 1, name, steps: [], edges: [] };
  const { document } = addStep({ kind: triggerKind, at: { x: 0, y: 0 } }).apply(empty, noSelection);
  const steps = document.steps.map((step) =>
    step.kind === 'trigger.webhook'
      ? { ...step, config: { ...step.config, path: slugOf(name) } }
      : step.kind === 'trigger.manual'
        ? { id: step.id, kind: step.kind }
        : step,
  );
  return { ...document, steps };
}

export function NewFlowDialog({ onOpenChange, onCreate }: NewFlowDialogProps) {
  const [name, setName] = useState('');
  const [kind, setKind] = useState(triggers[0]?.kind ?? 'trigger.manual');
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const submit = async () => {
    if (name.trim() === '') {
      setFailure('Give it a name: what it does, in two or three words.');
      input.current?.focus();
      return;
    }
    setBusy(true);
    try {
      await onCreate(newFlow(name.trim(), kind));
    } catch (error) {
      setFailure(messageOf(error));
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      onOpenChange={onOpenChange}
      title="New flow"
      initialFocus={input}
      onSubmit={submit}
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button type="submit" variant="primary" busy={isBusy}>
            Create and open
          </Button>
        </>
      }
    >
      <Field label="Name" error={failure ?? undefined}>
        <Input
          ref={input}
          value={name}
          maxLength={limits.nameLength}
          placeholder="Order fulfilment"
          onValueChange={(next) => {
            setName(next);
            setFailure(null);
          }}
        />
      </Field>
      <fieldset className="trigger-choice">
        <legend>It starts with</legend>
        {triggers.map((manifest) => (
          <label key={manifest.kind} data-checked={kind === manifest.kind ? '' : undefined}>
            <input
              type="radio"
              name="trigger"
              value={manifest.kind}
              checked={kind === manifest.kind}
              onChange={() => setKind(manifest.kind)}
            />
            <Icon name={manifestOf(manifest.kind)?.icon as IconName} />
            <span>
              <b>{manifest.label}</b>
              <small>{manifest.description}</small>
            </span>
          </label>
        ))}
      </fieldset>
      <section className="or-example" aria-label="Or begin with an example">
        <h3>Or begin with one that works</h3>
        <Examples />
      </section>
    </Dialog>
  );
}
