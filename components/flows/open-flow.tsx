'use client';

/**
 * One flow, open for editing: header, canvas, inspector and drawer around one editor store. Loads with the editor chunk.
 * Refuses to know routes other than its own address, in which it keeps the open step and drawer.
 */
import './open-flow.css';
import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { DesignerCanvas } from '@/components/canvas/designer-canvas';
import type { CardFault } from '@/components/canvas/drawing';
import { noSelection, selectSteps } from '@/components/canvas/store/command';
import { replaceDocument } from '@/components/canvas/store/commands/field-commands';
import { EditorProvider, useEditor, useEditorStore } from '@/components/canvas/store/editor-context';
import { createEditorStore } from '@/components/canvas/store/editor-store';
import { openStep, openStepId } from '@/components/canvas/store/selectors';
import { useCommands } from '@/components/frame/commands';
import { Inspector, type InspectorHandle } from '@/components/inspector/inspector';
import { InspectorProvider } from '@/components/inspector/inspector-context';
import { readJson } from '@/components/inspector/json-text';
import type { HookPlace } from '@/components/inspector/webhook-address';
import { useTRPC, useTRPCClient } from '@/components/trpc/provider';
import { Button } from '@/components/ui/button';
import { useShortcut } from '@/components/ui/shortcut';
import { Notice } from '@/components/ui/states';
import { Timestamp } from '@/components/ui/timestamp';
import { useToast } from '@/components/ui/toast';
import { changedSteps } from '@/core/flow/diff';
import type { FlowDocument } from '@/core/flow/document';
import { type Problem, validate } from '@/core/flow/validate';
import type { JsonValue } from '@/core/json';
import { ConflictDialog } from './conflict-dialog';
import { DataPanel } from './data-panel';
import { isSameDocument } from './draft-diff';
import { Drawer, type DrawerTab } from './drawer';
import { firstSample } from './first-sample';
import { FlowHeader } from './flow-header';
import { LastRunLine } from './last-run-line';
import { readLocalDraft } from './local-draft';
import { ProblemsPanel } from './problems-panel';
import { useAutosave } from './use-autosave';
import { useFlowData } from './use-flow-data';

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

/** The address as it was when the page opened; later the editor writes it. */
const openedWith = () => new URLSearchParams(window.location.search);

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
  const step = openedWith().get('step');
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
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queries = useQueryClient();
  const router = useRouter();
  const toast = useToast();
  const store = useEditorStore();
  const document = useEditor((state) => state.document);
  const step = useEditor(openStep);
  const autosave = useAutosave({ flowId: flow.id, opened, store });
  const inspector = useRef<InspectorHandle>(null);
  const [drawerTab, setDrawerTab] = useDrawerTab();
  const [panel, setPanel] = useState<'run' | 'publish' | null>(null);
  const [body, setBody] = useSampleBody(flow);
  const [hidesRestored, setHidesRestored] = useState(false);
  const sampleBody = useMemo(() => sampleOf(body), [body]);
  const data = useFlowData({ flowId: flow.id, liveVersion: flow.liveVersion, document, sampleBody });
  const deferred = useDeferredValue(document);
  const problems = useMemo(() => validate(deferred), [deferred]);
  const faults = useMemo(() => faultsByStep(problems), [problems]);
  const changed = useMemo(
    () => (data.live ? changedSteps(data.live.document, deferred) : new Set<string>()),
    [data.live, deferred],
  );
  useSelectionInAddress();

  const jump = useCallback(
    (problem: Problem) => {
      const field = /^\/steps\/\d+\/config\/([^/]+)/.exec(problem.pointer)?.[1];
      store.getState().select(problem.stepId === undefined ? noSelection : selectSteps(problem.stepId));
      requestAnimationFrame(() => inspector.current?.focusField(field));
    },
    [store],
  );
  const save = async () => {
    if (!(await autosave.flush())) {
      throw new Error('The draft is not saved yet. Look beside the name of the flow to see why.');
    }
  };
  const run = async (input: { data: JsonValue; draft: boolean }) => {
    await save();
    const { runId } = await client.runs.start.mutate({ flowId: flow.id, ...input });
    setDrawerTab('data');
    await queries.invalidateQueries({ queryKey: trpc.runs.latestData.queryKey({ flowId: flow.id }) });
    toast.show({ title: 'Run started.', action: { label: 'Open the run', run: () => router.push(`/runs/${runId}`) } });
  };
  const publish = async (note: string) => {
    await save();
    const input = { flowId: flow.id, revision: autosave.revision(), ...(note === '' ? {} : { note }) };
    const { version } = await client.flows.publish.mutate(input);
    await queries.invalidateQueries({ queryKey: trpc.flows.pathKey() });
    toast.show({ title: `Version ${version} is live.` });
  };

  useShortcut('Mod+S', () => void autosave.flush());
  useShortcut('Mod+Enter', () => setPanel(panel === 'run' ? panel : 'run'));
  useShortcut('Mod+Z', (event) => (hasOwnUndo(event) ? false : store.getState().undo()));
  useShortcut(['Mod+Shift+Z', 'Mod+Y'], (event) => (hasOwnUndo(event) ? false : store.getState().redo()));
  useCommands([
    {
      id: 'flow.run',
      label: 'Run this flow',
      group: 'This flow',
      icon: 'play',
      keys: 'Mod+Enter',
      run: () => setPanel('run'),
    },
    {
      id: 'flow.publish',
      label: 'Publish this flow',
      group: 'This flow',
      icon: 'publish',
      run: () => setPanel('publish'),
    },
    {
      id: 'flow.problems',
      label: 'Show problems',
      group: 'This flow',
      icon: 'error',
      run: () => setDrawerTab('problems'),
    },
    {
      id: 'flow.undo',
      label: 'Undo',
      group: 'This flow',
      icon: 'undo',
      keys: 'Mod+Z',
      run: () => store.getState().undo(),
    },
    {
      id: 'flow.redo',
      label: 'Redo',
      group: 'This flow',
      icon: 'redo',
      keys: 'Mod+Shift+Z',
      run: () => store.getState().redo(),
    },
  ]);

  const errors = problems.filter((problem) => problem.severity === 'error').length;
  return (
    <InspectorProvider
      sample={data.sample}
      secretNames={data.secretNames}
      hooks={hooks}
      isLive={flow.liveVersion !== null && !flow.paused}
    >
      <FlowHeader
        flow={flow}
        document={document}
        live={data.live}
        autosave={autosave}
        problems={problems}
        hooks={hooks}
        panel={panel}
        onPanelChange={setPanel}
        body={body}
        onBodyChange={setBody}
        onRun={run}
        onPublish={publish}
        onJump={jump}
        onShowProblems={() => setDrawerTab('problems')}
      />
      {restoredAtMs !== null && !hidesRestored && (
        <Notice
          icon="info"
          title="Unsaved changes were restored."
          actions={
            <>
              <Button
                small
                onClick={() => {
                  store.getState().run(replaceDocument('discard restored changes', opened.document));
                  setHidesRestored(true);
                }}
              >
                Discard them
              </Button>
              <Button small variant="ghost" onClick={() => setHidesRestored(true)}>
                Keep them
              </Button>
            </>
          }
        >
          This browser kept them at <Timestamp at={restoredAtMs} />, when they could not be saved.
        </Notice>
      )}
      <div className="work">
        <div className="stage">
          <DesignerCanvas
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
            data={<DataPanel sample={data.sample} step={step} steps={data.run?.steps ?? []} />}
            problems={<ProblemsPanel document={deferred} problems={problems} onJump={jump} />}
          />
        </div>
        <Inspector ref={inspector} problems={problems} />
      </div>
      <ConflictDialog autosave={autosave} />
    </InspectorProvider>
  );
}

/** Where text is not the document's yet, the browser's own undo is the right one. */
const hasOwnUndo = (event: KeyboardEvent): boolean =>
  event.target instanceof Element && event.target.closest('[data-own-undo], .dialog, .pop, .find, search') !== null;

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

/** Writes a query parameter without a navigation; null removes it. */
function writeParam(name: string, value: string | null): void {
  const url = new URL(window.location.href);
  if (url.searchParams.get(name) === value) {
    return;
  }
  if (value === null) {
    url.searchParams.delete(name);
  } else {
    url.searchParams.set(name, value);
  }
  window.history.replaceState(window.history.state, '', url);
}

const drawerKey = 'headrace.drawer.tab';

function useDrawerTab(): [DrawerTab | null, (tab: DrawerTab | null) => void] {
  const [tab, setTab] = useState<DrawerTab | null>(() => {
    const asked = openedWith().get('drawer') ?? localStorage.getItem(drawerKey);
    return asked === 'data' || asked === 'problems' ? asked : null;
  });
  const set = useCallback((next: DrawerTab | null) => {
    setTab(next);
    localStorage.setItem(drawerKey, next ?? '');
    writeParam('drawer', next);
  }, []);
  return [tab, set];
}

/** The address names the open step, so that it can be shared. */
function useSelectionInAddress(): void {
  const id = useEditor(openStepId);
  useEffect(() => writeParam('step', id), [id]);
}
