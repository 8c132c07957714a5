'use client';

/** Two people saved. Shows what the other has, how it differs, and lets one decide; mine can always be taken along. */
import dynamic from 'next/dynamic';
import { useRef, useState } from 'react';
import { useStore } from 'zustand';
import { replaceDocument } from '@/components/canvas/store/commands/field-commands';
import { useEditor, useEditorStore } from '@/components/canvas/store/editor-context';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Timestamp } from '@/components/ui/timestamp';
import type { Autosave, ServerDraft } from './autosave';
import { downloadFlow } from './download';
import { describeDiff, diffDrafts } from './draft-diff';

const FlowCanvas = dynamic(() => import('@/components/canvas/flow-canvas').then((module) => module.FlowCanvas), {
  ssr: false,
});

export function ConflictDialog({ autosave }: { autosave: Autosave }) {
  const status = useStore(autosave.status);
  return status.type === 'conflict' ? <Choice autosave={autosave} theirs={status.theirs} /> : null;
}

function Choice({ autosave, theirs }: { autosave: Autosave; theirs: ServerDraft }) {
  const store = useEditorStore();
  const mine = useEditor((state) => state.document);
  const [isOpen, setOpen] = useState(true);
  const harmless = useRef<HTMLButtonElement>(null);
  const takeTheirs = () => {
    const document = autosave.takeTheirs();
    if (document !== null) {
      store.getState().run(replaceDocument("take the other editor's draft", document));
    }
  };
  if (!isOpen) {
    return (
      <div className="conflict-bar notice is-failed" role="alert">
        <div className="say">
          <strong>Your changes are kept in this browser until you decide.</strong>
        </div>
        <Button small onClick={() => setOpen(true)}>
          Decide
        </Button>
      </div>
    );
  }
  return (
    <Dialog
      open
      wide
      initialFocus={harmless}
      onOpenChange={setOpen}
      title="Somebody else saved this flow"
      description={
        <>
          Their draft is of <Timestamp at={theirs.updatedAt} />. Against theirs, yours{' '}
          {describeDiff(diffDrafts(theirs.document, mine))}. Whatever you choose, undo brings your draft back.
        </>
      }
      footer={
        <>
          <Button ref={harmless} icon="download" className="first" onClick={() => downloadFlow(mine)}>
            Export mine
          </Button>
          <Button onClick={takeTheirs}>Take theirs</Button>
          <Button variant="primary" onClick={() => void autosave.keepMine()}>
            Keep mine
          </Button>
        </>
      }
    >
      <div className="their-draft">
        <FlowCanvas readOnly document={theirs.document} label="Their draft" />
      </div>
    </Dialog>
  );
}
