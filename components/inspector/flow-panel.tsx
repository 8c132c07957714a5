'use client';

/**
 * What the inspector shows while no step is open: the flow itself. Its name, its tags, how long a run may take, how its runs
 * share their time, and the addresses of its webhooks with a command to try them. Refuses settings that this build does not execute.
 */
import { setFlowName, setSetting } from '@/components/canvas/store/commands/field-commands';
import { useEditor, useEditorStore } from '@/components/canvas/store/editor-context';
import { Icon } from '@/components/ui/icon';
import type { Problem } from '@/core/flow/validate';
import type { JsonObject } from '@/core/json';
import { limits } from '@/core/limits';
import { FieldShell } from './field-shell';
import { HookAddresses } from './hook-addresses';
import { TemplateInput } from './template-input';
import { RowsWidget } from './widgets/rows-widget';
import { DurationWidget, WholeNumberWidget } from './widgets/small-widgets';

export interface FlowPanelProps {
  problems: readonly Problem[];
}

export function FlowPanel({ problems }: FlowPanelProps) {
  const document = useEditor((state) => state.document);
  const { run } = useEditorStore().getState();
  const tagFaults = problems.filter((problem) => problem.pointer.startsWith('/settings/tags'));
  return (
    <>
      <div className="who">
        <Icon name="flows" />
        <div className="names">
          <h2>This flow</h2>
          <p>Select a step to see what it does.</p>
        </div>
      </div>
      <div className="form">
        <FieldShell label="Name" required anchor="name">
          {(ids) => (
            <span className="input">
              <input
                {...ids}
                value={document.name}
                maxLength={limits.nameLength}
                onChange={(event) => run(setFlowName(event.target.value))}
              />
            </span>
          )}
        </FieldShell>
        <FieldShell
          label="Tags"
          anchor="tags"
          faults={tagFaults}
          hint="Runs can be found by them: order, customer, region."
        >
          {() => (
            <RowsWidget
              label="Tags"
              addLabel="Add a tag"
              value={(document.settings?.tags ?? {}) as JsonObject}
              onChange={(tags) =>
                run(setSetting('tags', Object.keys(tags).length === 0 ? undefined : (tags as Record<string, string>)))
              }
            />
          )}
        </FieldShell>
        <FieldShell
          label="Give up a run after"
          anchor="timeoutMs"
          faults={problems.filter(({ pointer }) => pointer === '/settings/timeoutMs')}
          hint="Counted from its start, without the time it stands blocked. Then it fails, and what completed is undone."
        >
          {(ids) => (
            <DurationWidget
              ids={ids}
              value={document.settings?.timeoutMs}
              placeholder="no limit"
              onChange={(timeoutMs) => run(setSetting('timeoutMs', timeoutMs))}
            />
          )}
        </FieldShell>
        <FieldShell
          label="Runs in order, by key"
          anchor="lane"
          faults={problems.filter(({ pointer }) => pointer.startsWith('/settings/lane'))}
          hint="Runs whose events give the same key go one after the other, in the order of their events, each when the one before has ended. Reads the event alone; a key that is nothing orders nothing."
        >
          {(ids) => (
            <TemplateInput
              ids={ids}
              value={document.settings?.lane?.key ?? ''}
              placeholder="{{ event.subject }}"
              onChange={(key) => run(setSetting('lane', key === '' ? undefined : { key }))}
            />
          )}
        </FieldShell>
        <FieldShell
          label="Runs at the same time"
          anchor="concurrency"
          faults={problems.filter(({ pointer }) => pointer === '/settings/concurrency')}
          hint="At most so many, over all workers. The others wait. A run that waits for a retry, a timer or a person does not count."
        >
          {() => (
            <WholeNumberWidget
              label="Runs at the same time"
              value={document.settings?.concurrency}
              placeholder="no limit"
              min={1}
              max={limits.flowConcurrencyMax}
              onChange={(concurrency) => run(setSetting('concurrency', concurrency))}
            />
          )}
        </FieldShell>
        <HookAddresses />
      </div>
    </>
  );
}
