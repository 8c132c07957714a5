'use client';

/**
 * What every field of the inspector may need and no field should fetch: sample data for previews, the names of secrets, where
 * webhooks answer, and half-typed text that is not yet a value. Refuses to hold anything of the document.
 */
import { createContext, type ReactNode, useContext, useMemo, useRef } from 'react';
import type { SampleLoop } from './loop-sample';
import type { SampleData } from './sample-frame';
import type { HookPlace } from './webhook-address';

export interface InspectorData {
  readonly sample: SampleData;
  /** Loops around the open step, the outermost first, each with the item that previews read. */
  readonly loops: readonly SampleLoop[];
  /** Chooses that item. */
  readonly onItem: (stepId: string, index: number) => void;
  readonly secretNames: readonly string[];
  readonly hooks: HookPlace;
  /** Whether a version is live, so that addresses answer. */
  readonly isLive: boolean;
}

interface InspectorContext extends InspectorData {
  /** Text that could not be read yet, by place, so that it is still there when the person comes back. */
  readonly unread: Map<string, string>;
}

const Context = createContext<InspectorContext | null>(null);

export function InspectorProvider({
  sample,
  loops,
  onItem,
  secretNames,
  hooks,
  isLive,
  children,
}: InspectorData & { children: ReactNode }) {
  const unread = useRef(new Map<string, string>());
  const value = useMemo(
    () => ({ sample, loops, onItem, secretNames, hooks, isLive, unread: unread.current }),
    [sample, loops, onItem, secretNames, hooks, isLive],
  );
  return <Context value={value}>{children}</Context>;
}

/** Other sample data for the fields inside: what their expressions read is not what the rest of the step reads. */
export function WithSample({ sample, children }: { sample: SampleData; children: ReactNode }) {
  const around = useInspector();
  const value = useMemo(() => ({ ...around, sample }), [around, sample]);
  return <Context value={value}>{children}</Context>;
}

/** @throws Error outside InspectorProvider */
export function useInspector(): InspectorContext {
  const found = useContext(Context);
  if (found === null) {
    throw new Error('useInspector needs InspectorProvider above it');
  }
  return found;
}
