'use client';

/**
 * What the inspector shows while no step is open: the flow itself. Its name, its tags, and the addresses of its webhooks
 * with a command to try them. Refuses settings that this build does not execute.
 */
import { setFlowName, setSetting } from '@/components/canvas/store/commands/field-commands';
import { useEditor, useEditorStore } from '@/components/canvas/store/editor-context';
import { CopyButton } from '@/components/ui/copy-button';
import { Icon } from '@/components/ui/icon';
import type { Problem } from '@/core/flow/validate';
import type { JsonObject } from '@/core/json';
import { limits } from '@/core/limits';
import { FieldShell } from './field-shell';
import { useInspector } from './inspector-context';
import { curlOf, type HookPlace, webhookAddresses } from './webhook-address';
import { RowsWidget } from './widgets/rows-widget';

export interface FlowPanelProps {
  hooks: HookPlace;
  problems: readonly Problem[];
  /** Whether a version is live, so that the addresses answer. */
  isLive: boolean;
}

export function FlowPanel({ hooks, problems, isLive }: FlowPanelProps) {
  const document = useEditor((state) => state.document);
  const { run } = useEditorStore().getState();
  const { sample } = useInspector();
  const addresses = webhookAddresses(document, hooks);
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
        {addresses.length > 0 && (
          <section className="hooks" aria-label="Webhook addresses">
            <div className="group">
              Webhook addresses <span className="push faint">{isLive ? 'live' : 'answer once published'}</span>
            </div>
            {addresses.map((hook) => {
              const curl = curlOf(hook, sample.frame.event);
              return (
                <div key={hook.stepId} className="hook">
                  <p className="address">
                    <code>
                      <b>{hook.method}</b> {hook.url}
                    </code>
                    <CopyButton text={hook.url} label="Copy the address" />
                  </p>
                  <pre className="sample">{curl}</pre>
                  <CopyButton words label="Copy as curl" text={curl} />
                </div>
              );
            })}
          </section>
        )}
      </div>
    </>
  );
}
