'use client';

/**
 * A few words about the control under the pointer or in focus. Only ever repeats or shortens what is known otherwise:
 * a tooltip is not reachable by touch, so nothing may live in it alone.
 */
import { Tooltip as Base } from '@base-ui/react/tooltip';
import type { ReactElement, ReactNode } from 'react';
import { Kbd } from './kbd';

export interface TooltipProps {
  label: ReactNode;
  /** A shortcut as for useShortcut, shown after the words. */
  keys?: string;
  side?: 'top' | 'bottom' | 'left' | 'right';
  /** One element that takes a ref and DOM props. */
  children: ReactElement;
  disabled?: boolean;
}

export function Tooltip({ label, keys, side = 'bottom', children, disabled }: TooltipProps) {
  return (
    <Base.Root
      disabled={disabled}
      // Escape is meant for what the control stands in: a dialog whose first control shows its tooltip closes at once.
      onOpenChange={(_, details) => {
        if (details.reason === 'escape-key') details.allowPropagation();
      }}
    >
      <Base.Trigger render={children} delay={450} />
      <Base.Portal>
        <Base.Positioner className="tip-layer" side={side} sideOffset={6} collisionPadding={8}>
          <Base.Popup className="tip">
            {label}
            {keys && <Kbd keys={keys} />}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
