'use client';

/**
 * Starts the flow now. With a manual trigger: data as JSON, on the draft or on what is live. Without one it says how the
 * flow begins and gives the command that begins it. Remembers the data per flow. Refuses to run what is not saved.
 */
import Link from 'next/link';
import { useState } from 'react';
import { useEditor } from '@/components/canvas/store/editor-context';
import { readJson } from '@/components/inspector/json-text';
import { curlOf, type HookPlace, webhookAddresses } from '@/components/inspector/webhook-address';
import { Button } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copy-button';
import { Field } from '@/components/ui/field';
import { Textarea } from '@/components/ui/input';
import { Kbd } from '@/components/ui/kbd';
import { Popover } from '@/components/ui/popover';
import { SegmentedControl } from '@/components/ui/segmented-control';
import { useShortcut } from '@/components/ui/shortcut';
import { ErrorState } from '@/components/ui/states';
import type { FlowDocument } from '@/core/flow/document';
import type { JsonValue } from '@/core/json';

export interface RunPanelProps {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  hooks: HookPlace;
  liveVersion: number | null;
  /** The sample body, shared with the previews. */
  body: string;
  onBodyChange: (text: string) => void;
  /** Saves, starts, and says so. Rejects with what the server said. */
  onRun: (input: { data: JsonValue; draft: boolean }) => Promise<void>;
}

const hasManual = (document: FlowDocument): boolean =>
  document.steps.some((step) => step.kind === 'trigger.manual' && !step.disabled);

export function RunPanel(props: RunPanelProps) {
  const { isOpen, onOpenChange } = props;
  const document = useEditor((state) => state.document);
  return (
    <Popover
      align="end"
      open={isOpen}
      onOpenChange={onOpenChange}
      title={hasManual(document) ? 'Run now' : 'How to start this flow'}
      trigger={
        <Button icon="play">
          Run <Kbd keys="Mod+Enter" />
        </Button>
      }
    >
      <div className="start-panel">{hasManual(document) ? <ByHand {...props} /> : <FromOutside {...props} />}</div>
    </Popover>
  );
}

function ByHand({ liveVersion, body, onBodyChange, onRun, onOpenChange }: RunPanelProps) {
  const [target, setTarget] = useState<'draft' | 'live'>('draft');
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const reading = readJson(body);
  const start = async () => {
    if (reading.type === 'fault' || isBusy) {
      return;
    }
    setBusy(true);
    setFailure(null);
    try {
      await onRun({ data: reading.type === 'value' ? reading.value : null, draft: target === 'draft' });
      onOpenChange(false);
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };
  useShortcut('Mod+Enter', () => void start(), { everywhere: true });
  return (
    <>
      {liveVersion !== null && (
        <SegmentedControl
          wide
          label="What to run"
          options={[
            { value: 'draft', label: 'The draft' },
            { value: 'live', label: `Live v${liveVersion}` },
          ]}
          value={target}
          onValueChange={setTarget}
        />
      )}
      <Field
        label="Data"
        aside="JSON"
        error={reading.type === 'fault' ? reading.message : undefined}
        hint="What event.data will be. Empty is null."
      >
        <Textarea
          code
          rows={8}
          value={body}
          onValueChange={onBodyChange}
          placeholder='{"id": "SO-1"}'
          spellCheck={false}
        />
      </Field>
      {failure !== null && <ErrorState error={failure} />}
      <div className="bar">
        <span className="faint small-text">A real run: it calls what the flow calls.</span>
        <Button
          variant="primary"
          icon="play"
          className="push"
          busy={isBusy}
          disabled={reading.type === 'fault'}
          onClick={start}
        >
          Run
        </Button>
      </div>
    </>
  );
}

/** Only a trigger by hand can be started here; the others begin where their events come from. */
function FromOutside({ hooks, liveVersion, body, onBodyChange }: RunPanelProps) {
  const document = useEditor((state) => state.document);
  const [first] = webhookAddresses(document, hooks);
  if (first === undefined) {
    const has = (kind: string): boolean => document.steps.some((step) => step.kind === kind);
    return (
      <p className="says">
        {has('trigger.schedule')
          ? 'This flow starts by its schedule once a version is published. Add a Run by hand trigger to start it here.'
          : has('trigger.event')
            ? 'This flow starts when an event arrives. Publish such an event from another flow or over the API, or add a Run by hand trigger to start it here.'
            : 'This flow has no trigger yet. Add one: a Webhook, an Event, a Schedule, or Run by hand.'}
      </p>
    );
  }
  const reading = readJson(body);
  const sent = reading.type === 'value' ? reading.value : {};
  const curl = curlOf(first, sent);
  return (
    <>
      <p className="says">
        {liveVersion === null
          ? 'It starts when its webhook is called, and the address answers once a version is published. Then call it with:'
          : 'It starts when its webhook is called. The live version answers to:'}
      </p>
      <Field
        label="Body"
        aside="JSON, also for previews"
        error={reading.type === 'fault' ? reading.message : undefined}
      >
        <Textarea
          code
          rows={5}
          value={body}
          onValueChange={onBodyChange}
          placeholder='{"id": "SO-1"}'
          spellCheck={false}
        />
      </Field>
      <pre className="sample">{curl}</pre>
      <div className="bar">
        <CopyButton words label="Copy as curl" text={curl} />
        {liveVersion !== null && first.method !== 'GET' && (
          <SendNow url={first.url} method={first.method} body={sent} />
        )}
      </div>
      <p className="faint small-text">A Run by hand trigger beside it starts the draft from here.</p>
    </>
  );
}

type Sent = { readonly status: number; readonly runId: string | null } | { readonly failed: string };

/** Calls the webhook from this page. Where the address is another origin the browser may refuse, and says so. */
function SendNow({ url, method, body }: { url: string; method: string; body: JsonValue }) {
  const [sent, setSent] = useState<Sent | null>(null);
  const [isBusy, setBusy] = useState(false);
  const hasParameters = /\/:\w/.test(url.replace(/^\w+:\/\//, ''));
  const send = async () => {
    setBusy(true);
    try {
      const answer = await fetch(url, {
        method: method === 'ANY' ? 'POST' : method,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        credentials: 'omit',
      });
      setSent({ status: answer.status, runId: answer.headers.get('headrace-run-id') });
    } catch (error) {
      setSent({ failed: error instanceof Error ? error.message : String(error) });
    } finally {
      setBusy(false);
    }
  };
  if (hasParameters) {
    return null;
  }
  return (
    <>
      <Button small icon="play" busy={isBusy} onClick={send}>
        Send it now
      </Button>
      {sent && (
        <span role="status" className="small-text">
          {'failed' in sent ? `Not sent: ${sent.failed}` : `Answered ${sent.status}`}{' '}
          {'runId' in sent && sent.runId && (
            <Link className="link" href={`/runs/${sent.runId}`}>
              open the run
            </Link>
          )}
        </span>
      )}
    </>
  );
}
