'use client';

/**
 * The flow that a step calls: chosen from those of the workspace, or written as a name, an id or an expression. What is
 * chosen is kept by its id, which a new name does not change. Refuses to judge: problems come with the draft's others.
 */
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { type KeyboardEvent, useDeferredValue, useRef, useState } from 'react';
import { setCalledFlow } from '@/components/canvas/store/commands/field-commands';
import { useEditorStore } from '@/components/canvas/store/editor-context';
import { useTRPC } from '@/components/trpc/provider';
import type { RouterOutputs } from '@/components/trpc/types';
import { Button } from '@/components/ui/button';
import { Icon } from '@/components/ui/icon';
import { Input } from '@/components/ui/input';
import { Popover } from '@/components/ui/popover';
import { rowAfterKey } from '@/components/ui/row-keys';
import { hasExpression } from '@/core/expression';
import type { JsonValue } from '@/core/json';
import type { FieldManifest } from '@/core/steps/contract';
import type { ControlIds } from '../field-shell';
import { TemplateInput } from '../template-input';
import styles from './flow-widget.module.css';

export interface FlowWidgetProps {
  ids: ControlIds;
  stepId: string;
  field: FieldManifest;
  value: JsonValue | undefined;
  onChange: (value: JsonValue | undefined) => void;
}

type Listed = RouterOutputs['flows']['list']['items'][number];

export function FlowWidget({ ids, stepId, field, value, onChange }: FlowWidgetProps) {
  const { run } = useEditorStore().getState();
  const [isOpen, setOpen] = useState(false);
  const text = typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
  const called = useCalled(text);
  return (
    <div>
      <TemplateInput
        ids={ids}
        value={text}
        onChange={(next) => onChange(next === '' ? undefined : next)}
        placeholder={field.placeholder}
      />
      <div className={styles.called}>
        {called?.flowId != null && (
          <Link className="link" href={`/flows/${called.flowId}`} prefetch={false}>
            <Icon name="link" small /> Open {called.name}
          </Link>
        )}
        <Popover
          align="end"
          title="Choose a flow"
          open={isOpen}
          onOpenChange={setOpen}
          trigger={
            <Button small icon="flows" className="push">
              Choose…
            </Button>
          }
        >
          {isOpen && (
            <FlowChoice
              chosen={called?.flowId ?? null}
              onChoose={(flow) => {
                run(setCalledFlow(stepId, field.name, flow, called?.name ?? null));
                setOpen(false);
              }}
            />
          )}
        </Popover>
      </div>
    </div>
  );
}

/** The flow that is meant by now; undefined while nobody knows. */
function useCalled(text: string) {
  const trpc = useTRPC();
  const flow = useDeferredValue(text.trim());
  const isNamed = flow !== '' && !hasExpression(flow);
  const asked = useQuery(trpc.flows.callees.queryOptions({ flows: [flow] }, { enabled: isNamed, staleTime: 15_000 }));
  return isNamed ? asked.data?.[0] : undefined;
}

function FlowChoice({ chosen, onChoose }: { chosen: string | null; onChoose: (flow: Listed) => void }) {
  const trpc = useTRPC();
  const [text, setText] = useState('');
  const q = useDeferredValue(text.trim());
  const flows = useQuery(trpc.flows.list.queryOptions(q === '' ? {} : { q }, { placeholderData: (before) => before }));
  const list = useRef<HTMLDivElement>(null);
  // While the answer to an older text stands there, what does not fit the newer one is not to be chosen by a quick hand.
  const wanted = text.trim().toLowerCase();
  const items = (flows.data?.items ?? []).filter(({ name }) => name.toLowerCase().includes(wanted));
  const focus = (index: number): void => list.current?.querySelector<HTMLElement>(`[data-flow="${index}"]`)?.focus();
  const walk = (event: KeyboardEvent): void => {
    if (event.key.length === 1) return;
    const from = Number((event.target as HTMLElement).dataset.flow ?? -1);
    const to = rowAfterKey(event.key, from, items.length);
    if (to === null || (from < 0 && event.key !== 'ArrowDown')) return;
    event.preventDefault();
    focus(to);
  };
  return (
    <div ref={list} className={styles.choice}>
      <Input
        icon="search"
        autoFocus
        value={text}
        onValueChange={setText}
        onKeyDown={walk}
        placeholder="Name of the flow"
        aria-label="Name of the flow"
      />
      <div className={styles.list}>
        {items.map((flow, index) => (
          <Button
            key={flow.id}
            small
            variant="ghost"
            data-flow={index}
            onKeyDown={walk}
            aria-pressed={flow.id === chosen}
            onClick={() => onChoose(flow)}
          >
            <span className={styles.name}>{flow.name}</span>
            <span className={styles.state}>{stateOf(flow)}</span>
          </Button>
        ))}
        {flows.isPending && <p className="faint small-text">Loading flows</p>}
        {flows.isError && <p className="faint small-text">The flows could not be loaded.</p>}
        {flows.data?.items.length === 0 && <p className="faint small-text">No flow has this name.</p>}
        {flows.data?.nextCursor != null && <p className="faint small-text">There are more; type a part of the name.</p>}
      </div>
    </div>
  );
}

const stateOf = ({ liveVersion, paused }: Listed): string =>
  liveVersion === null ? 'not published' : `v${liveVersion}${paused ? ', paused' : ''}`;
