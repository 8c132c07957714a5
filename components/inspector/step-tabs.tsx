'use client';

/** The three views of one step in the inspector: what it does, where it leads, what people should know about it. */
import { Fragment, useMemo, useState } from 'react';
import { wiredPorts } from '@/components/canvas/card-ports';
import { isTrigger, manifestOf, portsOf } from '@/components/canvas/catalogue';
import { canBePivot } from '@/components/canvas/interactions/step-menu';
import { edgeKey, selectSteps } from '@/components/canvas/store/command';
import { setJoin, setNote, setPivot } from '@/components/canvas/store/commands/field-commands';
import { connect, disconnect, edgeFrom } from '@/components/canvas/store/commands/graph-commands';
import { refusalOfEdge } from '@/components/canvas/store/connect-rules';
import { useEditor, useEditorStore } from '@/components/canvas/store/editor-context';
import { Button, IconButton } from '@/components/ui/button';
import { SegmentedControl } from '@/components/ui/segmented-control';
import { Select } from '@/components/ui/select';
import { Switch } from '@/components/ui/toggles';
import { type FlowEdge, type FlowStep, labelOf, portOf } from '@/core/flow/document';
import type { Problem } from '@/core/flow/validate';
import { limits } from '@/core/limits';
import type { FieldManifest } from '@/core/steps/contract';
import { FieldEditor } from './field-editor';
import { type FieldFault, FieldShell } from './field-shell';
import { HookAddresses } from './hook-addresses';
import { LoopChooser, LoopItems } from './loop-chooser';
import { RetryBlock } from './retry-block';
import { ScopePanel } from './scope-panel';

/** Problems of one step at or below a pointer inside it, such as `/config/url`. */
export const faultsAt =
  (problems: readonly Problem[], step: FlowStep) =>
  (inside: string): FieldFault[] =>
    problems.filter((problem) => {
      const own = problem.stepId === step.id ? problem.pointer.replace(/^\/steps\/\d+/, '') : null;
      return own === inside || own?.startsWith(`${inside}/`);
    });

/** Method and address belong on one line. */
function pairsOf(fields: readonly FieldManifest[]): (readonly FieldManifest[])[] {
  const method = fields.find(({ name, widget }) => name === 'method' && widget === 'select');
  const address = fields.find(({ name }) => name === 'url' || name === 'path');
  if (method === undefined || address === undefined) {
    return fields.map((field) => [field]);
  }
  const first = Math.min(fields.indexOf(method), fields.indexOf(address));
  return fields.flatMap((field, at) =>
    at === first ? [[method, address]] : field === method || field === address ? [] : [[field]],
  );
}

export function SetUpTab({ step, problems }: { step: FlowStep; problems: readonly Problem[] }) {
  const manifest = manifestOf(step.kind);
  const [showsMore, setMore] = useState(false);
  const faultsOf = faultsAt(problems, step);
  if (manifest === undefined) {
    return (
      <p className="hint">
        This build does not know the kind <code>{step.kind}</code>, so there is no form for it. Export the flow to edit
        it as JSON, or replace the step.
      </p>
    );
  }
  const isFolded = (field: FieldManifest): boolean =>
    field.isAdvanced === true &&
    step.config?.[field.name] === undefined &&
    faultsOf(`/config/${field.name}`).length === 0;
  const main = manifest.fields.filter((field) => !isFolded(field));
  const more = manifest.fields.filter(isFolded);
  const stray = faultsOf('/config').filter(
    (fault) => !manifest.fields.some(({ name }) => faultsOf(`/config/${name}`).includes(fault)),
  );
  const editor = (field: FieldManifest) => (
    <Fragment key={field.name}>
      <FieldEditor step={step} field={field} faults={faultsOf(`/config/${field.name}`)} />
      {manifest.isLoop && field.name === 'items' && <LoopItems step={step} />}
    </Fragment>
  );
  return (
    <>
      <LoopChooser />
      {stray.map((fault) => (
        <p key={fault.message} className="fault">
          {fault.message}
        </p>
      ))}
      {pairsOf(main).map((row) =>
        row.length === 1 ? (
          row.map(editor)
        ) : (
          <div key={row.map(({ name }) => name).join()} className="two">
            {row.map((field) => editor({ ...field, help: field.name === 'method' ? undefined : field.help }))}
          </div>
        ),
      )}
      {manifest.isContainer && <ScopePanel step={step} />}
      {manifest.fields.length === 0 && !manifest.isContainer && (
        <p className="hint">There is nothing to set up here.</p>
      )}
      {step.kind === 'trigger.webhook' && <HookAddresses stepId={step.id} />}
      <RetryBlock step={step} accepts={manifest.accepts} faultsOf={faultsOf} />
      {more.length > 0 && (
        <div className="more-fields">
          <Button
            small
            variant="ghost"
            icon={showsMore ? 'down' : 'right'}
            aria-expanded={showsMore}
            onClick={() => setMore(!showsMore)}
          >
            <span>More: {more.map(({ label }) => label.toLowerCase()).join(', ')}</span>
          </Button>
          {showsMore && more.map(editor)}
        </div>
      )}
      <PivotSwitch step={step} faults={faultsOf('/pivot')} />
      <p className="gives output-line">Output: {manifest.output}</p>
    </>
  );
}

/** Shown where it can be switched on, and where it is on and should not be. */
function PivotSwitch({ step, faults }: { step: FlowStep; faults: readonly FieldFault[] }) {
  const store = useEditorStore();
  // Whether it can be a pivot depends on the wires that lead to it.
  useEditor((state) => state.document.edges);
  if (!canBePivot({ store }, step.id)) {
    return null;
  }
  return (
    <FieldShell
      label="In a saga"
      hint={
        step.pivot === true
          ? 'Once it has completed, nothing before it is undone any more. Failures behind it take error ports, or wait for a person.'
          : undefined
      }
      faults={faults}
      anchor="pivot"
    >
      {() => (
        <Switch
          label="Point of no return"
          checked={step.pivot === true}
          onCheckedChange={(isPivot) => store.getState().run(setPivot(step.id, isPivot))}
        />
      )}
    </FieldShell>
  );
}

export function PortsTab({ step }: { step: FlowStep }) {
  const document = useEditor((state) => state.document);
  const { run, select } = useEditorStore().getState();
  const names = new Map(document.steps.map((other) => [other.id, labelOf(other)]));
  const incoming = document.edges.filter((edge) => edge.to === step.id);
  const ports = portsOf(step, wiredPorts(document).get(step.id) ?? []);
  const wire = (edge: FlowEdge, other: string) => (
    <WireEnd
      key={edgeKey(edge)}
      name={names.get(other) ?? other}
      onOpen={() => select(selectSteps(other))}
      onRemove={() => run(disconnect([edgeKey(edge)]))}
    />
  );
  return (
    <>
      <dl className="ports">
        {!isTrigger(step.kind) && (
          <div>
            <dt>in</dt>
            <dd>
              {incoming.length === 0 && <span className="faint">nothing leads here</span>}
              {incoming.map((edge) => wire(edge, edge.from))}
            </dd>
          </div>
        )}
        {ports.map((port) => (
          <div key={port.name}>
            <dt>{port.label}</dt>
            <dd>
              {document.edges
                .filter((edge) => edge.from === step.id && portOf(edge) === port.name)
                .map((edge) => wire(edge, edge.to))}
              <ConnectTo step={step} port={port.name} />
            </dd>
          </div>
        ))}
      </dl>
      {incoming.length > 1 && manifestOf(step.kind)?.accepts.has('join') && <Join step={step} />}
    </>
  );
}

function WireEnd({ name, onOpen, onRemove }: { name: string; onOpen: () => void; onRemove: () => void }) {
  return (
    <span className="wire-end">
      <button type="button" className="link-button" onClick={onOpen}>
        {name}
      </button>
      <IconButton small icon="close" label={`Disconnect ${name}`} onClick={onRemove} />
    </span>
  );
}

/** The way to draw a wire without dragging: every step that may follow this port. */
function ConnectTo({ step, port }: { step: FlowStep; port: string }) {
  const document = useEditor((state) => state.document);
  const { run } = useEditorStore().getState();
  const options = useMemo(
    () =>
      document.steps
        .filter((other) => refusalOfEdge(document, edgeFrom({ stepId: step.id, port }, other.id)) === null)
        .map((other) => ({ value: other.id, label: labelOf(other) })),
    [document, step.id, port],
  );
  if (options.length === 0) {
    return null;
  }
  return (
    <Select
      aria-label={`Connect ${port} to`}
      className="connect-to"
      placeholder="Connect to…"
      options={options}
      value={null}
      onValueChange={(to) => run(connect(edgeFrom({ stepId: step.id, port }, to)))}
    />
  );
}

function Join({ step }: { step: FlowStep }) {
  const { run } = useEditorStore().getState();
  return (
    <FieldShell
      label="Begins when"
      hint={
        step.join === 'any'
          ? 'At the first way that arrives; the others run on and change nothing here.'
          : 'Every way in was taken or is known not to be.'
      }
    >
      {() => (
        <SegmentedControl
          wide
          label="Begins when"
          options={[
            { value: 'all', label: 'all ways are decided' },
            { value: 'any', label: 'the first arrives' },
          ]}
          value={step.join ?? 'all'}
          onValueChange={(join) => run(setJoin(step.id, join === 'any' ? 'any' : undefined))}
        />
      )}
    </FieldShell>
  );
}

export function NoteTab({ step }: { step: FlowStep }) {
  const { run } = useEditorStore().getState();
  return (
    <FieldShell label="Note" hint="For people who read this flow. It changes nothing.">
      {(ids) => (
        <span className="input">
          <textarea
            {...ids}
            rows={10}
            maxLength={limits.noteLength}
            value={step.note ?? ''}
            placeholder="Why this step is here, whom to ask"
            onChange={(event) => run(setNote(step.id, event.target.value))}
          />
        </span>
      )}
    </FieldShell>
  );
}
