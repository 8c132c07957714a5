'use client';

/**
 * The data of the last run, to write expressions against: what a step could read as a tree, and the event, input or
 * output of the open step as JSON. A path can be dragged into a field or copied. Refuses to be edited.
 */
import { type DragEvent, type KeyboardEvent, useMemo, useState } from 'react';
import type { SampleData } from '@/components/inspector/sample-frame';
import { copyText } from '@/components/ui/copy-button';
import { Icon } from '@/components/ui/icon';
import { JsonView } from '@/components/ui/json-view';
import { SegmentedControl } from '@/components/ui/segmented-control';
import { useToast } from '@/components/ui/toast';
import type { FlowStep } from '@/core/flow/document';
import { labelOf } from '@/core/flow/document';
import { isPlainObject, type JsonValue } from '@/core/json';
import { type TreeRow, treeRows } from './data-tree';

/** What the open step received and gave in the last run. */
export interface StepData {
  readonly id: string;
  /** The iteration it was in, inside a loop. */
  readonly path?: string | undefined;
  readonly input?: JsonValue;
  readonly output?: JsonValue;
  readonly error?: { readonly message: string; readonly code: string } | null;
}

export interface DataPanelProps {
  sample: SampleData;
  step: FlowStep | undefined;
  /** Of the last run; empty before the first. */
  steps: readonly StepData[];
}

type Which = 'event' | 'input' | 'output';

export function DataPanel({ sample, step, steps }: DataPanelProps) {
  const { frame } = sample;
  const [open, setOpen] = useState<ReadonlySet<string>>(() => new Set(['event', 'event.data', 'event.data.body']));
  const [chosen, setChosen] = useState<string | null>(null);
  const [which, setWhich] = useState<Which>('event');
  const rows = useMemo(() => treeRows(rootsOf(sample), open), [sample, open]);
  const found = chosen === null ? undefined : rows.find((row) => row.path === chosen);
  const stepData = steps.find(({ id }) => id === step?.id);
  const shown =
    found !== undefined
      ? found.value
      : which === 'event' || step === undefined
        ? frame.event
        : which === 'input'
          ? stepData?.input
          : (stepData?.output ?? (stepData?.error as JsonValue | null | undefined) ?? undefined);
  const toggle = (path: string) => {
    const next = new Set(open);
    if (!next.delete(path)) {
      next.add(path);
    }
    setOpen(next);
  };
  return (
    <div className="data-body">
      <ul className="tree" aria-label="Data you can drag into a field">
        {rows.map((row) => (
          <TreeItem
            key={row.path}
            row={row}
            isChosen={row.path === chosen}
            onToggle={() => toggle(row.path)}
            onChoose={() => setChosen(row.path === chosen ? null : row.path)}
          />
        ))}
      </ul>
      <div className="data-view">
        <header>
          {found ? (
            <code>{found.path}</code>
          ) : (
            <span>
              {step ? (
                <>
                  What <b>{labelOf(step)}</b>{' '}
                  {which === 'output' ? 'gave' : which === 'input' ? 'received' : 'can read'}
                </>
              ) : (
                'The event'
              )}
            </span>
          )}
          <span className="faint">{sample.source}</span>
          {step && (
            <SegmentedControl<Which>
              className="push"
              label="Which data"
              options={[
                { value: 'event', label: 'event' },
                { value: 'input', label: 'input' },
                { value: 'output', label: stepData?.error ? 'error' : 'output' },
              ]}
              value={which}
              onValueChange={(next) => {
                setChosen(null);
                setWhich(next);
              }}
            />
          )}
        </header>
        <JsonView
          className="data-json"
          label="Data"
          value={shown}
          absent={
            steps.length === 0
              ? 'Nothing has run yet. Run the flow once, and what its steps received and gave is here.'
              : 'This step did not run.'
          }
        />
      </div>
    </div>
  );
}

/** Roots of expressions that hold something, the outputs of steps each on its own. */
function rootsOf({ frame }: SampleData): [string, JsonValue][] {
  const steps = Object.entries(frame.steps ?? {}).flatMap(([id, value]): [string, JsonValue][] => {
    const output = isPlainObject(value) ? (value as Record<string, JsonValue>).output : undefined;
    return output === undefined || output === null ? [] : [[`steps.${id}.output`, output]];
  });
  const vars: [string, JsonValue][] =
    Object.keys(frame.vars ?? {}).length > 0 ? [['vars', frame.vars as JsonValue]] : [];
  const item: [string, JsonValue][] = [
    ...(frame.item === undefined ? [] : [['item', frame.item] as [string, JsonValue]]),
    ...(frame.index === undefined ? [] : [['index', frame.index] as [string, JsonValue]]),
  ];
  return [...item, ['event', frame.event ?? null], ...steps, ...vars, ['run', frame.run ?? null]];
}

interface TreeItemProps {
  row: TreeRow;
  isChosen: boolean;
  onToggle: () => void;
  onChoose: () => void;
}

function TreeItem({ row, isChosen, onToggle, onChoose }: TreeItemProps) {
  const toast = useToast();
  const drag = (event: DragEvent) => {
    event.dataTransfer.setData('text/plain', `{{ ${row.path} }}`);
    event.dataTransfer.effectAllowed = 'copy';
  };
  const copy = async () => {
    if (await copyText(`{{ ${row.path} }}`)) {
      toast.show({ title: `Copied {{ ${row.path} }}`, key: 'path' });
    }
  };
  const keyDown = (event: KeyboardEvent) => {
    if ((event.key === 'ArrowRight' && !row.isOpen && row.canOpen) || (event.key === 'ArrowLeft' && row.isOpen)) {
      event.preventDefault();
      onToggle();
    }
  };
  return (
    <li className={isChosen ? 'on' : undefined} style={{ paddingLeft: `${10 + row.depth * 16}px` }}>
      {row.canOpen ? (
        <button
          type="button"
          className="fold"
          tabIndex={-1}
          aria-label={row.isOpen ? 'Fold' : 'Unfold'}
          onClick={onToggle}
        >
          <Icon small name={row.isOpen ? 'down' : 'right'} />
        </button>
      ) : (
        <span className="fold" />
      )}
      <button
        type="button"
        className="path"
        draggable
        title={`{{ ${row.path} }}: drag into a field, double click copies`}
        aria-expanded={row.canOpen ? row.isOpen : undefined}
        onDragStart={drag}
        onClick={onChoose}
        onDoubleClick={copy}
        onKeyDown={keyDown}
      >
        <code>{row.label}</code>
        <span className="v mono">{row.brief}</span>
      </button>
    </li>
  );
}
