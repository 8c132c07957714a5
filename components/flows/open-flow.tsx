'use client';

/**
 * One flow, open for editing: header, canvas, inspector and drawer around one editor store. Loads with the editor chunk.
 * Refuses to know routes other than its own address, in which it keeps the open step and drawer.
 */
import './open-flow.css';
import { useCallback, useDeferredValue, useMemo, useRef, useState } from 'react';
import { type CanvasHandle, DesignerCanvas } from '@/components/canvas/designer-canvas';
import type { CardFault } from '@/components/canvas/drawing';
import { edgeKey, noSelection, type Selection, selectSteps } from '@/components/canvas/store/command';
import { replaceDocument } from '@/components/canvas/store/commands/field-commands';
import { EditorProvider, useEditor, useEditorStore } from '@/components/canvas/store/editor-context';
import { createEditorStore } from '@/components/canvas/store/editor-store';
import { openStep } from '@/components/canvas/store/selectors';
import { Inspector, type InspectorHandle } from '@/components/inspector/inspector';
import { InspectorProvider } from '@/components/inspector/inspector-context';
import { readJson } from '@/components/inspector/json-text';
import type { HookPlace } from '@/components/inspector/webhook-address';
import { Button } from '@/components/ui/button';
import { Notice } from '@/components/ui/states';
import { Timestamp } from '@/components/ui/timestamp';
import { changedSteps } from '@/core/flow/diff';
import type { FlowDocument } from '@/core/flow/document';
import type { Problem } from '@/core/flow/validate';
import type { JsonValue } from '@/core/json';
import { openedWith, useDrawerTab, useSelectionInAddress } from './address-state';
import { ConflictDialog } from './conflict-dialog';
import { DataPanel } from './data-panel';
import { isSameDocument } from './draft-diff';
import { Drawer } from './drawer';
import { firstSample } from './first-sample';
import { FlowHeader } from './flow-header';
import { LastRunLine } from './last-run-line';
import { readLocalDraft } from './local-draft';
import { ProblemsPanel } from './problems-panel';
import { useAutosave } from './use-autosave';
import { useFlowData } from './use-flow-data';
import { useFlowWork } from './use-flow-work';
import { useLoopSample } from './use-loop-sample';
import { useProblems } from './use-problems';

export interface OpenedFlow {
  readonly id: string;
  readonly revision: number;
  readonly liveVersion: number | null;
  readonly paused: boolean;
  readonly updatedAt: string;
  readonly document: FlowDocument;
}

export interface OpenFlowProps {
  flow: OpenedFlow;
  hooks: HookPlace;
}

export function OpenFlow({ flow, hooks }: OpenFlowProps) {
  const [start] = useState(() => startOf(flow));
  return (
    <EditorProvider store={start.store}>
      <Editor flow={flow} hooks={hooks} opened={start.opened} restoredAtMs={start.restoredAtMs} />
    </EditorProvider>
  );
}

interface Start {
  readonly store: ReturnType<typeof createEditorStore>;
  /** What the server holds, and the revision the editor's document was made on. */
  readonly opened: { document: FlowDocument; revision: number };
  /** When the draft that was found in this browser was made; null when none was. */
  readonly restoredAtMs: number | null;
}

/**
 * Opens the server's draft. A draft that this browser kept because it could not be saved is put on top, as a step that
 * can be undone; when the server's is newer by then, the first save meets the conflict and asks.
 */
function startOf(flow: OpenedFlow): Start {
  const store = createEditorStore(flow.document, () => performance.now());
  const kept = readLocalDraft(flow.id);
  const step = openedWith('step');
  let restoredAtMs: number | null = null;
  let revision = flow.revision;
  if (kept !== null && !isSameDocument(kept.document, flow.document)) {
    store.getState().run(replaceDocument('restore unsaved changes', kept.document));
    restoredAtMs = kept.atMs;
    revision = kept.revision;
  }
  if (step !== null) {
    store.getState().select(selectSteps(step));
  }
  return { store, opened: { document: flow.document, revision }, restoredAtMs };
}

interface EditorProps extends OpenFlowProps {
  opened: Start['opened'];
  restoredAtMs: number | null;
}

function Editor({ flow, hooks, opened, restoredAtMs }: EditorProps) {
  const store = useEditorStore();
  const document = useEditor((state) => state.document);
  const step = useEditor(openStep);
  const deferred = useDeferredValue(document);
  const inspector = useRef<InspectorHandle>(null);
  const canvas = useRef<CanvasHandle>(null);
  const autosave = useAutosave({ flowId: flow.id, opened, store });
  const [drawerTab, setDrawerTab] = useDrawerTab();
  const [panel, setPanel] = useState<'run' | 'publish' | null>(null);
  const [body, setBody] = useSampleBody(flow);
  const sampleBody = useMemo(() => sampleOf(body), [body]);
  const data = useFlowData({ flowId: flow.id, liveVersion: flow.liveVersion, document, sampleBody });
  const { sample, loops, steps, onItem } = useLoopSample(data.sample, data.run, document, step?.id);
  const work = useFlowWork({ flowId: flow.id, store, autosave, openPanel: setPanel, showDrawer: setDrawerTab });
  const problems = useProblems(document);
  const faults = useMemo(() => faultsByStep(problems), [problems]);
  const changed = useMemo(
    () => (data.live ? changedSteps(data.live.document, deferred) : new Set<string>()),
    [data.live, deferred],
  );
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  useSelectionInAddress();

  const jump = (problem: Problem) => {
    store.getState().select(placeOf(problem, store.getState().document));
    canvas.current?.reveal();
    const field = /^\/(?:steps\/\d+\/(?:config\/)?|settings\/)([^/]+)/.exec(problem.pointer)?.[1];
    if (store.getState().selection.edges.length === 0) {
      requestAnimationFrame(() => inspector.current?.focusField(field));
    }
  };

  return (
    <InspectorProvider
      sample={sample}
      loops={loops}
      onItem={onItem}
      secretNames={data.secretNames}
      hooks={hooks}
      isLive={flow.liveVersion !== null && !flow.paused}
    >
      <FlowHeader
        flow={flow}
        document={deferred}
        live={data.live}
        autosave={autosave}
        problems={problems}
        hooks={hooks}
        panel={panel}
        onPanelChange={setPanel}
        body={body}
        onBodyChange={setBody}
        onRun={work.run}
        onPublish={work.publish}
        onJump={jump}
        onShowProblems={() => setDrawerTab('problems')}
      />
      <RestoredNotice atMs={restoredAtMs} onServer={opened.document} />
      <div className="work">
        <div className="stage">
          <DesignerCanvas
            ref={canvas}
            faults={faults}
            changed={changed}
            onOpen={() => inspector.current?.focusField()}
            onRename={() => inspector.current?.rename()}
          />
          <Drawer
            tab={drawerTab}
            onTabChange={setDrawerTab}
            errors={errors}
            warnings={problems.length - errors}
            aside={<LastRunLine run={data.run} />}
            data={<DataPanel sample={sample} step={step} steps={steps} />}
            problems={<ProblemsPanel document={deferred} problems={problems} onJump={jump} />}
          />
        </div>
        <Inspector ref={inspector} problems={problems} />
      </div>
      <ConflictDialog autosave={autosave} />
    </InspectorProvider>
  );
}

/** Says that this browser's own copy was put on top of the server's draft, and takes it off again on demand. */
function RestoredNotice({ atMs, onServer }: { atMs: number | null; onServer: FlowDocument }) {
  const { run } = useEditorStore().getState();
  const [isHidden, setHidden] = useState(false);
  if (atMs === null || isHidden) {
    return null;
  }
  const discard = () => {
    run(replaceDocument('discard restored changes', onServer));
    setHidden(true);
  };
  return (
    <Notice
      icon="info"
      title="Unsaved changes were restored."
      actions={
        <>
          <Button small onClick={discard}>
            Discard them
          </Button>
          <Button small variant="ghost" onClick={() => setHidden(true)}>
            Keep them
          </Button>
        </>
      }
    >
      This browser kept them at <Timestamp at={atMs} />, when they could not be saved.
    </Notice>
  );
}

/** What a problem is about: a wire, a step, or the flow itself. */
function placeOf({ pointer, stepId }: Problem, { edges }: FlowDocument): Selection {
  const edge = edges[Number(/^\/edges\/(\d+)/.exec(pointer)?.[1] ?? Number.NaN)];
  if (edge !== undefined) {
    return { steps: [], edges: [edgeKey(edge)] };
  }
  return stepId === undefined ? noSelection : selectSteps(stepId);
}

function faultsByStep(problems: readonly Problem[]): ReadonlyMap<string, readonly CardFault[]> {
  const byStep = new Map<string, CardFault[]>();
  for (const { stepId, message, severity } of problems) {
    if (stepId !== undefined) {
      byStep.set(stepId, [...(byStep.get(stepId) ?? []), { message, severity }]);
    }
  }
  return byStep;
}

function sampleOf(body: string): JsonValue {
  const reading = readJson(body);
  return reading.type === 'value' ? reading.value : {};
}

/** The body used by Run and by previews before the first run, remembered per flow. */
function useSampleBody(flow: OpenedFlow): [string, (text: string) => void] {
  const key = `headrace.sample.${flow.id}`;
  const [body, setBody] = useState(() => localStorage.getItem(key) ?? firstSample(flow.document));
  const set = useCallback(
    (text: string) => {
      setBody(text);
      localStorage.setItem(key, text);
    },
    [key],
  );
  return [body, set];
}
