'use client';

/**
 * The problems of the draft, kept off the typing: a small flow is judged behind each change, a large one once it is
 * drawn and whenever the person pauses. Refuses to be exact to the keystroke; publishing asks the server anyway.
 */
import { useDeferredValue, useEffect, useMemo, useState } from 'react';
import type { FlowDocument } from '@/core/flow/document';
import { callProblems } from '@/core/flow/flow-calls';
import { type Problem, validate } from '@/core/flow/validate';
import { useCallees } from './use-callees';

/** Up to this many steps a judgement takes less than a frame or two. */
const smallFlow = 40;
/** A pause in typing, after which half a second of work on a very large flow disturbs nobody. */
const pauseMs = 400;

const none: readonly Problem[] = [];

export function useProblems(document: FlowDocument): readonly Problem[] {
  const deferred = useDeferredValue(document);
  const [settled, setSettled] = useState<FlowDocument | null>(null);
  const isSmall = document.steps.length <= smallFlow;
  useEffect(() => {
    if (isSmall || settled === document) {
      return;
    }
    const timer = setTimeout(() => setSettled(document), pauseMs);
    return () => clearTimeout(timer);
  }, [document, isSmall, settled]);
  const judged = isSmall ? deferred : settled;
  const judgeSources = useSourceJudge(document);
  const callees = useCallees(document);
  return useMemo(
    () =>
      judged === null
        ? none
        : [...validate(judged), ...(judgeSources?.(judged) ?? none), ...callProblems(judged, callees)],
    [judged, judgeSources, callees],
  );
}

type SourceJudge = (document: FlowDocument) => readonly Problem[];

/** The parser of code, loaded once a flow holds some. */
function useSourceJudge(document: FlowDocument): SourceJudge | null {
  const [judge, setJudge] = useState<SourceJudge | null>(null);
  const isWanted = document.steps.some((step) => step.kind === 'code.run');
  useEffect(() => {
    if (!isWanted || judge !== null) return;
    let isHere = true;
    import('@/core/code/source-problems').then(
      ({ sourceProblems }) => {
        if (isHere) setJudge(() => sourceProblems);
      },
      // The server asks its own parser when the flow is published.
      () => undefined,
    );
    return () => {
      isHere = false;
    };
  }, [isWanted, judge]);
  return isWanted ? judge : null;
}
