'use client';

/** Takes the output of a step from a person, as JSON. Refuses text that is no value: nothing is evaluated here. */
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Textarea } from '@/components/ui/input';
import { ErrorState } from '@/components/ui/states';
import type { JsonValue } from '@/core/json';
import { typedValue } from './typed-value';

export interface OutputDialogProps {
  readonly title: string;
  /** What the editor begins with. */
  readonly draft: string;
  /** Whether the draft is what the step gave in another run. */
  readonly isFromRun: boolean;
  readonly onClose: () => void;
  /** Rejects with what the server said. */
  readonly onGive: (output: JsonValue) => Promise<void>;
}

export function OutputDialog({ title, draft, isFromRun, onClose, onGive }: OutputDialogProps) {
  const [text, setText] = useState(draft);
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const read = typedValue(text);
  const give = async (): Promise<void> => {
    if ('fault' in read || isBusy) return;
    setBusy(true);
    setFailure(null);
    try {
      await onGive(read.value);
      onClose();
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      wide
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={title}
      description="The steps behind it read this as its output. Nothing is called."
      onSubmit={() => void give()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={isBusy} disabled={'fault' in read}>
            Go on with this output
          </Button>
        </>
      }
    >
      <Field
        label="Output"
        aside="JSON"
        error={'fault' in read ? read.fault : undefined}
        hint={
          isFromRun
            ? 'Begins with what the step gave in another run: put in what really happened.'
            : 'No output of this step is known yet: this is only the shape it has.'
        }
      >
        <Textarea code rows={12} value={text} onValueChange={setText} spellCheck={false} />
      </Field>
      {failure !== null && <ErrorState error={failure} />}
    </Dialog>
  );
}
