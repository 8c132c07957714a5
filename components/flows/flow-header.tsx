'use client';

/** The top of an open flow: where it stands between draft and live, whether it is saved, and what can be done with it. */
import { useRouter } from 'next/navigation';
import { useMemo, useState } from 'react';
import { replaceDocument } from '@/components/canvas/store/commands/field-commands';
import { useEditorStore } from '@/components/canvas/store/editor-context';
import { PageHeader } from '@/components/frame/page-header';
import type { HookPlace } from '@/components/inspector/webhook-address';
import { IconButton } from '@/components/ui/button';
import { Icon } from '@/components/ui/icon';
import { Menu } from '@/components/ui/menu';
import { Chip } from '@/components/ui/status';
import type { FlowDocument } from '@/core/flow/document';
import type { Problem } from '@/core/flow/validate';
import type { JsonValue } from '@/core/json';
import type { Autosave } from './autosave';
import { downloadFlow } from './download';
import { countChanges, diffDrafts } from './draft-diff';
import { FlowTabs } from './flow-tabs';
import { ImportDialog } from './import-dialog';
import type { OpenedFlow } from './open-flow';
import { PublishPanel } from './publish-panel';
import { RunPanel } from './run-panel';
import { SaveStatusText } from './save-status';
import { useFlowActions } from './use-flow-actions';

export interface FlowHeaderProps {
  flow: OpenedFlow;
  document: FlowDocument;
  live: { version: number; document: FlowDocument } | null;
  autosave: Autosave;
  problems: readonly Problem[];
  hooks: HookPlace;
  panel: 'run' | 'publish' | null;
  onPanelChange: (panel: 'run' | 'publish' | null) => void;
  body: string;
  onBodyChange: (text: string) => void;
  onRun: (input: { data: JsonValue; draft: boolean }) => Promise<void>;
  onPublish: (note: string) => Promise<void>;
  onJump: (problem: Problem) => void;
  onShowProblems: () => void;
}

export function FlowHeader(props: FlowHeaderProps) {
  const { flow, document, live, autosave, problems, hooks, panel, onPanelChange } = props;
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  const open = (name: 'run' | 'publish') => (isOpen: boolean) => onPanelChange(isOpen ? name : null);
  return (
    <>
      <PageHeader
        crumbs={[{ label: 'Flows', href: '/flows' }]}
        title={document.name}
        beside={
          <>
            <StateChip flow={flow} document={document} live={live} />
            {flow.paused && <Chip icon="pause">paused</Chip>}
            <SaveStatusText autosave={autosave} openedAtMs={Date.parse(flow.updatedAt)} />
          </>
        }
        actions={
          <>
            {errors > 0 && (
              <button type="button" className="st is-failed problems-link" onClick={props.onShowProblems}>
                <Icon name="error" />
                {errors === 1 ? '1 problem stops publishing' : `${errors} problems stop publishing`}
              </button>
            )}
            <RunPanel
              isOpen={panel === 'run'}
              onOpenChange={open('run')}
              hooks={hooks}
              liveVersion={flow.liveVersion}
              body={props.body}
              onBodyChange={props.onBodyChange}
              onRun={props.onRun}
            />
            <PublishPanel
              isOpen={panel === 'publish'}
              onOpenChange={open('publish')}
              problems={problems}
              hooks={hooks}
              live={live}
              onJump={props.onJump}
              onPublish={props.onPublish}
            />
            <MoreMenu flow={flow} autosave={autosave} />
          </>
        }
      />
      <FlowTabs
        flowId={flow.id}
        aside={flow.liveVersion === null ? undefined : <b className="muted live-mark">v{flow.liveVersion} live</b>}
      />
    </>
  );
}

function StateChip({ flow, document, live }: Pick<FlowHeaderProps, 'flow' | 'document' | 'live'>) {
  const changes = useMemo(() => (live ? countChanges(diffDrafts(live.document, document)) : null), [live, document]);
  if (flow.liveVersion === null) {
    return <Chip title="Its triggers start nothing until a version is published">Draft, never published</Chip>;
  }
  if (changes === null || changes === 0) {
    return <Chip title="The draft does what the live version does">Live v{flow.liveVersion}</Chip>;
  }
  return (
    <Chip title="The draft has changes that are not live">
      {changes} {changes === 1 ? 'change' : 'changes'} ahead of v{flow.liveVersion}
    </Chip>
  );
}

function MoreMenu({ flow, autosave }: Pick<FlowHeaderProps, 'flow' | 'autosave'>) {
  const store = useEditorStore();
  const router = useRouter();
  const actions = useFlowActions({ onRemoved: () => router.push('/flows') });
  const [isImporting, setImporting] = useState(false);
  const handle = { id: flow.id, name: store.getState().document.name };
  const duplicate = async () => {
    await autosave.flush();
    actions.duplicate(handle);
  };
  return (
    <>
      <Menu
        trigger={<IconButton icon="more" label="More" />}
        items={[
          { label: 'Duplicate', icon: 'copy', onSelect: () => void duplicate() },
          { label: 'Export as JSON', icon: 'download', onSelect: () => downloadFlow(store.getState().document) },
          { label: 'Import into this draft…', icon: 'publish', onSelect: () => setImporting(true) },
          { kind: 'rule' },
          flow.paused
            ? {
                label: 'Resume',
                icon: 'play',
                hint: 'Events that were kept run now.',
                onSelect: () => actions.resume(handle),
              }
            : {
                label: 'Pause',
                icon: 'pause',
                hint: 'Events are kept and run later.',
                onSelect: () => actions.pause(handle),
              },
          { kind: 'rule' },
          { label: 'Delete…', icon: 'trash', danger: true, onSelect: () => actions.remove(handle) },
        ]}
      />
      <ImportDialog
        open={isImporting}
        onOpenChange={setImporting}
        title="Import into this draft"
        description="It takes the place of the whole draft; undo brings the old one back. The live version stays as it is."
        confirmLabel="Replace the draft"
        onImport={(document) => store.getState().run(replaceDocument('import', document))}
      />
      {actions.dialog}
    </>
  );
}
