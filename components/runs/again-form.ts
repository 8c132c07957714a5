'use client';

/** What a rerun is asked to do differently: the version and the data. Refuses data that is no JSON by saying its fault. */
import { useMemo, useState } from 'react';
import type { RouterInputs } from '@/components/trpc/types';
import { typedValue } from './typed-value';
import type { RunView } from './types';
import { useDebounced } from './use-debounced';

export interface AgainForm {
  readonly version: 'same' | 'live' | number;
  readonly setVersion: (version: AgainForm['version']) => void;
  /** Whether the event gets other data. */
  readonly isEdited: boolean;
  readonly setEdited: (isEdited: boolean) => void;
  /** The data as JSON text. */
  readonly text: string;
  readonly setText: (text: string) => void;
  /** The text, once the typing has paused. */
  readonly settledText: string;
  /** What is wrong with the data, when it is edited; null for nothing. */
  readonly fault: string | null;
}

/** From the last key to the question. */
const typingMs = 250;

/** Begins with the run's own version and the data of its event. */
export function useAgainForm(run: RunView): AgainForm {
  const [version, setVersion] = useState<AgainForm['version']>('same');
  const [isEdited, setEdited] = useState(false);
  const [written, setText] = useState<string | null>(null);
  const data = run.steps.find(({ id }) => id === run.trigger.stepId)?.output ?? null;
  // Large data is not written out for somebody who does not want to change it.
  const original = useMemo(() => (isEdited ? JSON.stringify(data, null, 2) : ''), [isEdited, data]);
  const text = written ?? original;
  const settledText = useDebounced(text, typingMs);
  const fault = useMemo(() => (isEdited ? faultOf(text) : null), [isEdited, text]);
  return { version, setVersion, isEdited, setEdited, text, setText, settledText, fault };
}

function faultOf(text: string): string | null {
  const typed = typedValue(text);
  return 'fault' in typed ? typed.fault : null;
}

type RerunInput = Omit<RouterInputs['runs']['rerun'], 'runId' | 'force'>;
type AskedFor = Pick<AgainForm, 'version' | 'isEdited' | 'text'>;

/** What the rerun is started with. */
export function formInput({ version, isEdited, text }: AskedFor, from: string | null): RerunInput {
  const typed = typedValue(text);
  return {
    ...(from === null ? {} : { from }),
    ...(version === 'same' ? {} : { version }),
    ...(isEdited && 'value' in typed ? { data: typed.value } : {}),
  };
}

/** A question travels in an address, which proxies keep short. */
export const previewDataMax = 4_000;

/** What the preview is asked with: the same, without data that would not fit. */
export function previewInput(form: AskedFor & Pick<AgainForm, 'settledText'>, from: string | null): RerunInput {
  const { data, ...rest } = formInput({ ...form, text: form.settledText }, from);
  return data === undefined || JSON.stringify(data).length > previewDataMax ? rest : { ...rest, data };
}
