/**
 * What can be done to the selected steps, as rows of a menu: the same in the menu of the canvas and in that of the
 * inspector. Pure over the store; refuses actions that would do nothing.
 */
import type { MenuItem } from '@/components/ui/menu';
import { labelOf } from '@/core/flow/document';
import { loopsAround, rootScope } from '@/core/flow/graph';
import { isContainer, manifestOf } from '../catalogue';
import { drawnGraph, scopeOf } from '../scopes';
import type { Command } from '../store/command';
import { duplicateSelection } from '../store/commands/clipboard-commands';
import { setPivot, toggleDisabled } from '../store/commands/field-commands';
import { deleteSelection } from '../store/commands/graph-commands';
import { dissolveScope, fitRegion, lostWires, putInto, wrapIn, wrappable } from '../store/commands/scope-commands';
import type { EditorStore } from '../store/editor-store';

export interface StepMenuOptions {
  readonly store: EditorStore;
  /** Says which wires an action took away. */
  readonly onNote: (message: string) => void;
}

/** Runs a command that may take wires away, and says which. */
export function runAndTell({ store, onNote }: StepMenuOptions, command: Command): void {
  const { document, run } = store.getState();
  run(command);
  const lost = lostWires(document, store.getState().document);
  if (lost !== null) onNote(lost);
}

/** Duplicate, disable, scopes, pivot, delete: what fits the selection. */
export function stepMenu(options: StepMenuOptions): MenuItem[] {
  const { store } = options;
  const { document, selection, run } = store.getState();
  const chosen = document.steps.filter(({ id }) => selection.steps.includes(id));
  const [only] = chosen.length === 1 ? chosen : [];
  const isRegion = only !== undefined && isContainer(only.kind);
  const canDisable = chosen.some(({ kind }) => manifestOf(kind)?.accepts.has('disabled'));
  const areDisabled = chosen.every((step) => step.disabled);
  return [
    { label: 'Duplicate', icon: 'plus', keys: 'Mod+D', onSelect: () => run(duplicateSelection()) },
    ...rows(canDisable, {
      label: areDisabled ? 'Enable' : 'Disable',
      icon: areDisabled ? 'play' : 'pause',
      keys: 'D',
      onSelect: () => run(toggleDisabled(selection.steps)),
    }),
    ...scopeRows(options),
    ...rows(only !== undefined && canBePivot(options, only.id), {
      label: only?.pivot ? 'Remove the point of no return' : 'Make it the point of no return',
      icon: 'minus',
      onSelect: () => only && run(setPivot(only.id, only.pivot !== true)),
    }),
    { kind: 'rule' },
    {
      label: isRegion ? 'Delete with its steps' : 'Delete',
      icon: 'trash',
      keys: 'Delete',
      danger: true,
      onSelect: () => run(deleteSelection()),
    },
  ];
}

const rows = (isShown: boolean, ...items: MenuItem[]): MenuItem[] => (isShown ? items : []);

/** Whether a step may be the point of no return: its kind can, it undoes nothing, and it happens once. */
export function canBePivot({ store }: Pick<StepMenuOptions, 'store'>, stepId: string): boolean {
  const { document } = store.getState();
  const step = document.steps.find(({ id }) => id === stepId);
  const accepts = step !== undefined && manifestOf(step.kind)?.accepts.has('pivot') === true;
  const { graph } = drawnGraph(document);
  return step?.pivot === true || (accepts && !graph.undoing.has(stepId) && loopsAround(graph, stepId).length === 0);
}

function scopeRows(options: StepMenuOptions): MenuItem[] {
  const { document, selection } = options.store.getState();
  const [first] = selection.steps;
  const only = selection.steps.length === 1 ? document.steps.find(({ id }) => id === first) : undefined;
  const around = first === undefined ? rootScope : scopeOf(document, first);
  const scope = document.steps.find(({ id }) => id === around);
  const isRegion = only !== undefined && isContainer(only.kind);
  const isFilled = isRegion && (drawnGraph(document).members.get(only.id)?.length ?? 0) > 0;
  return [
    ...rows(
      wrappable(document, selection.steps).size > 0,
      {
        label: 'Put into a scope',
        icon: 'saga',
        keys: 'Mod+G',
        onSelect: () => runAndTell(options, wrapIn('saga.scope')),
      },
      {
        label: 'Put into a loop',
        icon: 'loop',
        keys: 'Shift+L',
        onSelect: () => runAndTell(options, wrapIn('logic.forEach')),
      },
    ),
    ...rows(scope !== undefined, {
      label: `Take out of ${scope === undefined ? '' : labelOf(scope)}`,
      icon: 'right',
      keys: isRegion ? undefined : 'Mod+Shift+G',
      onSelect: () => runAndTell(options, putInto(selection.steps, scopeOf(document, around))),
    }),
    ...rows(
      isFilled,
      {
        label: 'Fit to its steps',
        icon: 'fit',
        onSelect: () => only && options.store.getState().run(fitRegion(only.id)),
      },
      {
        label: 'Dissolve, keep the steps',
        icon: 'close',
        keys: 'Mod+Shift+G',
        onSelect: () => only && runAndTell(options, dissolveScope(only.id)),
      },
    ),
  ];
}

/** Mod+Shift+G: a region is dissolved, steps leave the one they are in. @returns false when neither is selected */
export function ungroup(options: StepMenuOptions): unknown {
  const { document, selection } = options.store.getState();
  const [first] = selection.steps;
  const step = document.steps.find(({ id }) => id === first);
  if (first === undefined || step === undefined) return false;
  if (isContainer(step.kind)) {
    return runAndTell(options, dissolveScope(first));
  }
  const around = scopeOf(document, first);
  return around === rootScope ? false : runAndTell(options, putInto(selection.steps, scopeOf(document, around)));
}
