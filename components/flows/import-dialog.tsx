'use client';

/** Reads a flow from a file or pasted text and shows every fault of its shape at once. Refuses to repair. */
import { type ChangeEvent, useState } from 'react';
import { readJson } from '@/components/inspector/json-text';
import { messageOf, problemOf } from '@/components/trpc/failure';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Icon } from '@/components/ui/icon';
import { Textarea } from '@/components/ui/input';
import type { Fault } from '@/core/errors';
import type { FlowDocument } from '@/core/flow/document';
import { parseDraft } from '@/core/flow/parse-draft';

export interface ImportDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  /** What will happen with it. */
  description: string;
  confirmLabel: string;
  onImport: (document: FlowDocument) => void | Promise<void>;
}

type Reading = { readonly document: FlowDocument } | { readonly faults: readonly Pick<Fault, 'pointer' | 'message'>[] };

/** @returns the draft, or every fault; null for no text */
export function readFlowText(text: string): Reading | null {
  const json = readJson(text);
  if (json.type === 'absent') {
    return null;
  }
  return json.type === 'fault' ? { faults: [{ pointer: '', message: json.message }] } : parseDraft(json.value);
}

export function ImportDialog(props: ImportDialogProps) {
  return props.open ? <OpenImport {...props} /> : null;
}

function OpenImport({ onOpenChange, title, description, confirmLabel, onImport }: ImportDialogProps) {
  const [text, setText] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [refused, setRefused] = useState<readonly Pick<Fault, 'pointer' | 'message'>[] | null>(null);
  const reading = readFlowText(text);
  const faults = refused ?? (reading !== null && 'faults' in reading ? reading.faults : []);
  const change = (next: string) => {
    setText(next);
    setRefused(null);
  };
  const choose = async (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0];
    if (file) {
      change(await file.text());
    }
  };
  const submit = async () => {
    if (reading === null || 'faults' in reading) {
      return;
    }
    setBusy(true);
    try {
      await onImport(reading.document);
      onOpenChange(false);
    } catch (error) {
      setRefused(problemOf(error)?.errors ?? [{ pointer: '', message: messageOf(error) }]);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      wide
      onOpenChange={onOpenChange}
      title={title}
      description={description}
      onSubmit={submit}
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button type="submit" variant="primary" busy={isBusy} disabled={reading === null || faults.length > 0}>
            {confirmLabel}
          </Button>
        </>
      }
    >
      <label className="file-choice">
        <span>A file</span>
        <input type="file" accept=".json,application/json" onChange={choose} />
      </label>
      <Field label="or its text" aside="JSON">
        <Textarea
          code
          rows={12}
          value={text}
          onValueChange={change}
          spellCheck={false}
          placeholder='{"headrace": 1, "name": "…", "steps": [], "edges": []}'
        />
      </Field>
      {faults.length > 0 && (
        <section className="import-faults" role="alert" aria-label="Faults">
          <p className="st is-failed">
            <Icon name="error" />
            {faults.length === 1 ? '1 fault' : `${faults.length} faults`}: correct it and paste again
          </p>
          <ul>
            {faults.map((fault) => (
              <li key={`${fault.pointer} ${fault.message}`}>
                <code>{fault.pointer || '/'}</code> {fault.message}
              </li>
            ))}
          </ul>
        </section>
      )}
      {reading !== null && 'document' in reading && refused === null && (
        <p className="st is-succeeded">
          <Icon name="check" />
          {reading.document.name}: {reading.document.steps.length} steps, {reading.document.edges.length} wires
        </p>
      )}
    </Dialog>
  );
}
