'use client';

/** Regions around the selected steps, from the command palette. Refuses nothing in silence: without steps it says so. */
import { useCommands } from '@/components/frame/commands';
import { type RegionKind, wrapIn, wrappable } from '../store/commands/scope-commands';
import { runAndTell, type StepMenuOptions } from './step-menu';

export function useRegionCommands(options: StepMenuOptions): void {
  const wrap = (kind: RegionKind) => (): void => {
    const { document, selection } = options.store.getState();
    if (wrappable(document, selection.steps).size > 0) runAndTell(options, wrapIn(kind));
    else options.onNote('Select the steps first that shall be in it.');
  };
  const group = 'This flow';
  useCommands([
    {
      id: 'flow.wrapInScope',
      label: 'Put the selected steps into a scope',
      group,
      icon: 'saga',
      keys: 'Mod+G',
      keywords: 'saga group wrap',
      run: wrap('saga.scope'),
    },
    {
      id: 'flow.wrapInLoop',
      label: 'Put the selected steps into a loop',
      group,
      icon: 'loop',
      keys: 'Shift+L',
      keywords: 'for each repeat wrap',
      run: wrap('logic.forEach'),
    },
  ]);
}
