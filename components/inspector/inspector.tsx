'use client';

/**
 * The panel right of the canvas. One step: who it is, its form, its ports, its note. Several: what can be done to all.
 * None: the flow. Every edit is a command of the editor store. Refuses to save.
 */
import './inspector.css';
import { type Ref, useEffect, useImperativeHandle, useRef, useState } from 'react';
import { iconOf, manifestOf } from '@/components/canvas/catalogue';
import { runAndTell, stepMenu } from '@/components/canvas/interactions/step-menu';
import { noSelection } from '@/components/canvas/store/command';
import { duplicateSelection } from '@/components/canvas/store/commands/clipboard-commands';
import { renameStep, setName, toggleDisabled } from '@/components/canvas/store/commands/field-commands';
import { deleteSelection } from '@/components/canvas/store/commands/graph-commands';
import { wrapIn, wrappable } from '@/components/canvas/store/commands/scope-commands';
import { useEditor, useEditorStore } from '@/components/canvas/store/editor-context';
import { openStep } from '@/components/canvas/store/selectors';
import { Button, IconButton } from '@/components/ui/button';
import { copyText } from '@/components/ui/copy-button';
import { Icon } from '@/components/ui/icon';
import { Menu } from '@/components/ui/menu';
import { Tabs } from '@/components/ui/tabs';
import type { FlowStep } from '@/core/flow/document';
import { isFreeStepId } from '@/core/flow/rename-step';
import type { Problem } from '@/core/flow/validate';
import { limits } from '@/core/limits';
import { FlowPanel, type FlowPanelProps } from './flow-panel';
import { useTelling } from './scope-panel';
import { NoteTab, PortsTab, SetUpTab } from './step-tabs';

/** What the canvas and the problems panel ask of the inspector. */
export interface InspectorHandle {
  /** Puts focus into the first field, or into the named one. */
  focusField: (field?: string) => void;
  /** Begins editing the id of the open step. */
  rename: () => void;
}

export interface InspectorProps extends FlowPanelProps {
  problems: readonly Problem[];
  ref?: Ref<InspectorHandle>;
}

type Tab = 'setup' | 'ports' | 'note';

export function Inspector({ problems, ref }: InspectorProps) {
  const panel = useRef<HTMLElement>(null);
  const step = useEditor(openStep);
  const selected = useEditor((state) => state.selection.steps.length);
  const [tab, setTab] = useState<Tab>('setup');
  const [isRenaming, setRenaming] = useState(false);
  useImperativeHandle(
    ref,
    () => ({
      rename: () => setRenaming(true),
      focusField: (field) => {
        setTab('setup');
        requestAnimationFrame(() => focusIn(panel.current, field));
      },
    }),
    [],
  );
  return (
    <aside ref={panel} className="inspector" aria-label="Inspector">
      {step ? (
        <>
          <Who key={step.id} step={step} isRenaming={isRenaming} setRenaming={setRenaming} />
          <Tabs
            label="Step"
            className="step-tabs"
            panelClassName="form"
            value={tab}
            onValueChange={setTab}
            tabs={[
              { value: 'setup', label: 'Set-up', panel: <SetUpTab key={step.id} step={step} problems={problems} /> },
              { value: 'ports', label: 'Ports', panel: <PortsTab step={step} /> },
              { value: 'note', label: step.note ? 'Note •' : 'Note', panel: <NoteTab step={step} /> },
            ]}
          />
        </>
      ) : selected > 1 ? (
        <SeveralSteps count={selected} />
      ) : (
        <FlowPanel problems={problems} />
      )}
    </aside>
  );
}

function focusIn(panel: HTMLElement | null, field: string | undefined): void {
  const place = field === undefined ? null : panel?.querySelector(`[data-field="${CSS.escape(field)}"]`);
  const within = place ?? panel?.querySelector('.form');
  const control = within?.querySelector<HTMLElement>('textarea, input, button.select, [role="radio"], .row-edit input');
  control?.focus();
  place?.scrollIntoView({ block: 'center' });
}

interface WhoProps {
  step: FlowStep;
  isRenaming: boolean;
  setRenaming: (isRenaming: boolean) => void;
}

function Who({ step, isRenaming, setRenaming }: WhoProps) {
  const telling = useTelling();
  // What the menu offers depends on what is around the step.
  useEditor((state) => state.document);
  const { run, select } = telling.store.getState();
  const manifest = manifestOf(step.kind);
  return (
    <div className="who">
      <Icon name={iconOf(step.kind)} />
      <div className="names">
        <h2>
          <input
            className="name-edit"
            aria-label="Name of the step"
            value={step.name ?? ''}
            placeholder={step.id}
            maxLength={limits.nameLength}
            onChange={(event) => run(setName(step.id, event.target.value))}
            onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
          />
        </h2>
        <p>
          {isRenaming ? (
            <IdEditor step={step} onDone={() => setRenaming(false)} />
          ) : (
            <button type="button" className="id-button" title="Change the id (F2)" onClick={() => setRenaming(true)}>
              <code>{step.id}</code>
            </button>
          )}
          , {manifest?.label ?? step.kind}
        </p>
      </div>
      <div className="bar push">
        <Menu
          trigger={<IconButton small icon="more" label="More" />}
          items={[
            { label: 'Change the id', icon: 'edit', keys: 'F2', onSelect: () => setRenaming(true) },
            { label: 'Copy the id', icon: 'copy', onSelect: () => void copyText(step.id) },
            ...stepMenu(telling),
          ]}
        />
        <IconButton small icon="close" label="Close" onClick={() => select(noSelection)} />
      </div>
    </div>
  );
}

/** Escape keeps the old id; a taken or malformed one is said at once and not applied. */
function IdEditor({ step, onDone }: { step: FlowStep; onDone: () => void }) {
  const store = useEditorStore();
  const [text, setText] = useState(step.id);
  const input = useRef<HTMLInputElement>(null);
  const isFine = text === step.id || isFreeStepId(store.getState().document, text);
  useEffect(() => input.current?.select(), []);
  const commit = () => {
    if (isFine) {
      store.getState().run(renameStep(step.id, text));
    }
    onDone();
  };
  return (
    <input
      ref={input}
      className="id-edit"
      aria-label="Id of the step"
      aria-invalid={!isFine}
      title={
        isFine ? 'Enter renames it everywhere' : 'A small letter, then letters, digits and _; not taken or reserved'
      }
      // biome-ignore lint/a11y/noAutofocus: it replaces the id the person has just asked to change
      autoFocus
      spellCheck={false}
      value={text}
      maxLength={limits.nameLength}
      onChange={(event) => setText(event.target.value.trim())}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && isFine) {
          commit();
        } else if (event.key === 'Escape') {
          event.stopPropagation();
          onDone();
        }
      }}
    />
  );
}

function SeveralSteps({ count }: { count: number }) {
  const telling = useTelling();
  const document = useEditor((state) => state.document);
  const selection = useEditor((state) => state.selection);
  const { run } = telling.store.getState();
  return (
    <>
      <div className="who">
        <Icon name="flows" />
        <div className="names">
          <h2>{count} steps</h2>
          <p>What you do now is done to all of them.</p>
        </div>
      </div>
      <div className="form several">
        <Button icon="plus" onClick={() => run(duplicateSelection())}>
          Duplicate
        </Button>
        {wrappable(document, selection.steps).size > 0 && (
          <>
            <Button icon="saga" onClick={() => runAndTell(telling, wrapIn('saga.scope'))}>
              Put into a scope
            </Button>
            <Button icon="loop" onClick={() => runAndTell(telling, wrapIn('logic.forEach'))}>
              Put into a loop
            </Button>
          </>
        )}
        <Button icon="pause" onClick={() => run(toggleDisabled(selection.steps))}>
          Disable or enable
        </Button>
        <Button icon="trash" variant="danger" onClick={() => run(deleteSelection())}>
          Delete
        </Button>
      </div>
    </>
  );
}
