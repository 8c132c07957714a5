'use client';

/**
 * Makes the draft the live version: what stops it, what will change for the world, and a note for those who come later.
 * Refuses while there are errors; warnings are shown and pass.
 */
import Link from 'next/link';
import { useState } from 'react';
import { useEditor } from '@/components/canvas/store/editor-context';
import { type HookPlace, webhookAddresses } from '@/components/inspector/webhook-address';
import { problemOf } from '@/components/trpc/failure';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Icon } from '@/components/ui/icon';
import { Textarea } from '@/components/ui/input';
import { Popover } from '@/components/ui/popover';
import { ErrorState } from '@/components/ui/states';
import type { FlowDocument } from '@/core/flow/document';
import type { Problem } from '@/core/flow/validate';
import { limits } from '@/core/limits';
import { describeDiff, diffDrafts, isSameDocument } from './draft-diff';

export interface PublishPanelProps {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  problems: readonly Problem[];
  hooks: HookPlace;
  /** The live version and its document, once known. */
  live: { version: number; document: FlowDocument } | null;
  onJump: (problem: Problem) => void;
  /** Saves and publishes. Rejects with what the server said. */
  onPublish: (note: string) => Promise<void>;
}

export function PublishPanel(props: PublishPanelProps) {
  const { isOpen, onOpenChange } = props;
  return (
    <Popover
      align="end"
      title="Publish"
      open={isOpen}
      onOpenChange={onOpenChange}
      trigger={
        <Button variant="primary" icon="publish">
          Publish…
        </Button>
      }
    >
      <div className="start-panel">{isOpen && <Body {...props} />}</div>
    </Popover>
  );
}

const problemsShown = 5;

function Body({ problems, hooks, live, onJump, onPublish, onOpenChange }: PublishPanelProps) {
  const document = useEditor((state) => state.document);
  const [note, setNote] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const errors = problems.filter((problem) => problem.severity === 'error');
  const publish = async () => {
    setBusy(true);
    setFailure(null);
    try {
      await onPublish(note.trim());
      onOpenChange(false);
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };
  if (errors.length > 0) {
    return (
      <>
        <p className="st is-failed">
          <Icon name="error" />
          {errors.length === 1 ? '1 problem stops' : `${errors.length} problems stop`} publishing
        </p>
        <ul className="publish-problems">
          {errors.slice(0, problemsShown).map((problem) => (
            <li key={`${problem.pointer} ${problem.message}`}>
              <button
                type="button"
                onClick={() => {
                  onOpenChange(false);
                  onJump(problem);
                }}
              >
                {problem.stepId && <code>{problem.stepId}</code>} {problem.message}
              </button>
            </li>
          ))}
          {errors.length > problemsShown && <li className="faint">and {errors.length - problemsShown} more</li>}
        </ul>
      </>
    );
  }
  return (
    <>
      <WhatChanges document={document} live={live} hooks={hooks} />
      <Field label="Note" optional hint="Stands with the version: what changed and why.">
        <Textarea rows={3} value={note} maxLength={limits.noteLength} onValueChange={setNote} />
      </Field>
      {failure !== null && <Failure error={failure} />}
      <div className="bar">
        {problems.length > 0 && (
          <span className="faint small-text">
            {problems.length === 1 ? '1 warning does' : `${problems.length} warnings do`} not stop it.
          </span>
        )}
        <Button variant="primary" icon="publish" className="push" busy={isBusy} onClick={publish}>
          Publish
        </Button>
      </div>
    </>
  );
}

function WhatChanges({
  document,
  live,
  hooks,
}: Pick<PublishPanelProps, 'live' | 'hooks'> & { document: FlowDocument }) {
  const after = webhookAddresses(document, hooks).map(({ method, url }) => `${method} ${url}`);
  const before = live ? webhookAddresses(live.document, hooks).map(({ method, url }) => `${method} ${url}`) : [];
  const begins = after.filter((address) => !before.includes(address));
  const ends = before.filter((address) => !after.includes(address));
  return (
    <div className="what-changes">
      <p className="says">
        {live === null
          ? 'The first version: from now on its triggers start runs.'
          : isSameDocument(live.document, document)
            ? `The draft is what v${live.version} is: there is nothing new to publish.`
            : `Against v${live.version} the draft ${describeDiff(diffDrafts(live.document, document))}.`}
      </p>
      {begins.map((address) => (
        <p key={address}>
          <span className="faint">begins to answer</span> <code>{address}</code>
        </p>
      ))}
      {ends.map((address) => (
        <p key={address}>
          <span className="faint">answers no more</span> <code>{address}</code>
        </p>
      ))}
    </div>
  );
}

/** A taken path names the flow that has it: the way there belongs beside the message. */
function Failure({ error }: { error: unknown }) {
  const problem = problemOf(error);
  const flowId = problem?.flowId;
  return (
    <ErrorState
      error={error}
      actions={
        problem?.code === 'flow.pathTaken' && typeof flowId === 'string' ? (
          <Link className="link" href={`/flows/${flowId}`}>
            Open that flow
          </Link>
        ) : undefined
      }
    />
  );
}
