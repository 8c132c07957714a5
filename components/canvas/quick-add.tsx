'use client';

/** The little palette at a loose wire or at the `+` of a wire. Closes on Escape, on a press elsewhere, and on a choice. */
import { useEffect, useRef } from 'react';
import { compensatePort } from '@/core/flow/graph';
import type { StepManifest } from '@/core/steps/contract';
import { canUndo } from './catalogue';
import type { Point } from './geometry';
import { StepPicker } from './step-picker';
import type { Outlet } from './store/commands/graph-commands';

export interface QuickAddPlace {
  /** Where it opens, in pixels of the window. */
  readonly screen: Point;
  readonly purpose:
    | { readonly type: 'follow'; readonly after: Outlet; readonly at: Point }
    | { readonly type: 'insert'; readonly edgeKey: string; readonly port?: string };
}

export interface QuickAddProps {
  place: QuickAddPlace;
  onPick: (kind: string) => void;
  onClose: () => void;
}

const size = { width: 232, height: 320, margin: 8 };
/** Nothing can lead to a trigger. */
const canFollow = (manifest: StepManifest): boolean => !manifest.isTrigger;

/** What a wire may lead to, by the port or wire it comes from. */
function choiceOf({ purpose }: QuickAddPlace): { accepts: (manifest: StepManifest) => boolean; question: string } {
  const port = purpose.type === 'follow' ? purpose.after.port : (purpose.port ?? 'out');
  return port === compensatePort
    ? { accepts: canUndo, question: 'What undoes it?' }
    : { accepts: canFollow, question: 'What comes next?' };
}

export function QuickAdd({ place, onPick, onClose }: QuickAddProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const close = (event: PointerEvent) => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) {
        onClose();
      }
    };
    window.addEventListener('pointerdown', close, true);
    return () => window.removeEventListener('pointerdown', close, true);
  }, [onClose]);
  const { accepts, question } = choiceOf(place);
  const left = Math.min(place.screen.x, window.innerWidth - size.width - size.margin);
  const top = Math.max(size.margin, Math.min(place.screen.y, window.innerHeight - size.height - size.margin));
  return (
    <div ref={box} className="quick-add nowheel" style={{ left, top }} role="dialog" aria-label="Add the next step">
      <StepPicker accepts={accepts} autoFocus placeholder={question} onPick={onPick} onEscape={onClose} />
    </div>
  );
}
