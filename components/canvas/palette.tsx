'use client';

/** The steps one can add, top left of the canvas. `N` leads into its search, Enter adds, a drag places. */
import type { Ref } from 'react';
import { Kbd } from '@/components/ui/kbd';
import { StepPicker } from './step-picker';

export interface PaletteProps {
  onPick: (kind: string) => void;
  inputRef: Ref<HTMLInputElement>;
  /** Leads back to the canvas. */
  onEscape: () => void;
}

export function Palette({ onPick, inputRef, onEscape }: PaletteProps) {
  return (
    <aside className="float palette nowheel" aria-label="Steps to add">
      <StepPicker canDrag keyHint="N" inputRef={inputRef} onPick={onPick} onEscape={onEscape} />
      <p className="hint-line">
        Drag in, or press <Kbd keys="Enter" /> to add
      </p>
    </aside>
  );
}
