'use client';

/**
 * The searchable list of step kinds: the palette and the little one at a loose wire share it. A combobox over a grouped
 * list: type, arrows, Enter; or drag a kind out. Refuses to add anything itself.
 */
import { type DragEvent, type KeyboardEvent, type Ref, useId, useMemo, useState } from 'react';
import { Icon } from '@/components/ui/icon';
import type { StepGroup, StepManifest } from '@/core/steps/contract';
import { groupLabels, iconOf, manifests } from './catalogue';

/** What a dragged kind is called on its way to the canvas. */
export const dragType = 'application/x-headrace-step';

export interface StepPickerProps {
  /** Kinds to choose from; all when absent. */
  accepts?: (manifest: StepManifest) => boolean;
  onPick: (kind: string) => void;
  onEscape?: () => void;
  placeholder?: string;
  autoFocus?: boolean;
  canDrag?: boolean;
  /** Shown in the search box: the key that leads here. */
  keyHint?: string;
  inputRef?: Ref<HTMLInputElement>;
}

interface Group {
  readonly group: StepGroup;
  readonly items: readonly StepManifest[];
}

/** Kinds whose name, kind or description hold every typed word; grouped in the order of the catalogue. */
export function findKinds(text: string, all: readonly StepManifest[]): Group[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const hits = all.filter(({ label, kind, description }) => {
    const haystack = `${label} ${kind} ${description}`.toLowerCase();
    return words.every((word) => haystack.includes(word));
  });
  const groups = new Map<StepGroup, StepManifest[]>();
  for (const manifest of hits) {
    groups.set(manifest.group, [...(groups.get(manifest.group) ?? []), manifest]);
  }
  return [...groups].map(([group, items]) => ({ group, items }));
}

/** Ports beyond `out` and `error`, as a hint at what a kind can do. */
function extraPorts(manifest: StepManifest): string {
  if (manifest.fields.some((field) => field.widget === 'switchCases')) {
    return 'cases';
  }
  const names = manifest.ports({}).map((port) => port.name);
  return names.filter((name) => name !== 'out' && name !== 'error').join(', ');
}

export function StepPicker(props: StepPickerProps) {
  const { accepts, onPick, onEscape, autoFocus, canDrag = false, keyHint, inputRef } = props;
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(0);
  const id = useId();
  const all = useMemo(() => (accepts ? manifests.filter(accepts) : manifests), [accepts]);
  const groups = useMemo(() => findKinds(text, all), [text, all]);
  const flat = groups.flatMap(({ items }) => items);
  const active = flat[Math.min(chosen, flat.length - 1)];
  const placeholder = props.placeholder ?? `Search ${all.length} steps`;

  const keyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) {
      setChosen((Math.min(chosen, flat.length - 1) + step + flat.length) % Math.max(1, flat.length));
    } else if (event.key === 'Enter' && active) {
      onPick(active.kind);
      setText('');
    } else if (event.key === 'Escape' && text !== '') {
      setText('');
    } else if (event.key === 'Escape') {
      event.currentTarget.blur();
      onEscape?.();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  const drag = (event: DragEvent, manifest: StepManifest) => {
    event.dataTransfer.setData(dragType, manifest.kind);
    event.dataTransfer.effectAllowed = 'copy';
  };

  return (
    <>
      <div className="find">
        <Icon name="search" />
        <input
          ref={inputRef}
          role="combobox"
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={active ? `${id}-${active.kind}` : undefined}
          aria-label={placeholder}
          placeholder={placeholder}
          value={text}
          // biome-ignore lint/a11y/noAutofocus: it opens at the wire the person has just released, to be typed into
          autoFocus={autoFocus}
          onChange={(event) => {
            setText(event.target.value);
            setChosen(0);
          }}
          onKeyDown={keyDown}
        />
        {keyHint && <kbd>{keyHint}</kbd>}
      </div>
      <div className="list" id={`${id}-list`} role="listbox" aria-label="Steps">
        {groups.map(({ group, items }) => (
          // biome-ignore lint/a11y/useSemanticElements: options of a listbox are grouped by role, not by fieldset
          <div key={group} role="group" aria-label={groupLabels[group]}>
            <div className="group-name" aria-hidden="true">
              {groupLabels[group]}
            </div>
            {items.map((manifest) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are handled at the combobox that owns this option
              <div
                key={manifest.kind}
                id={`${id}-${manifest.kind}`}
                role="option"
                tabIndex={-1}
                aria-selected={manifest === active}
                title={manifest.description}
                draggable={canDrag}
                onDragStart={(event) => drag(event, manifest)}
                onMouseMove={() => setChosen(flat.indexOf(manifest))}
                onMouseDown={(event) => {
                  // Keeps the caret in the search box, but lets a drag begin.
                  if (!canDrag) {
                    event.preventDefault();
                  }
                }}
                onClick={() => onPick(manifest.kind)}
                ref={manifest === active ? keepInView : undefined}
              >
                <Icon name={iconOf(manifest.kind)} />
                {manifest.label}
                <span>{extraPorts(manifest)}</span>
              </div>
            ))}
          </div>
        ))}
        {flat.length === 0 && <p className="none">No step is called that.</p>}
      </div>
    </>
  );
}

const keepInView = (element: HTMLElement | null): void => element?.scrollIntoView({ block: 'nearest' });
