'use client';

/** Where what is being dragged would go. Keeps its object while that does not change: every wire and region looks at it. */
import { useCallback, useState } from 'react';
import type { ShowTarget } from './dragging';

export interface DropTarget {
  readonly wire: string | null;
  readonly scope: string | null;
}

export function useDropTarget(): { readonly target: DropTarget; readonly showTarget: ShowTarget } {
  const [target, setTarget] = useState<DropTarget>({ wire: null, scope: null });
  const showTarget = useCallback<ShowTarget>(
    (wire, scope) => setTarget((before) => (before.wire === wire && before.scope === scope ? before : { wire, scope })),
    [],
  );
  return { target, showTarget };
}
