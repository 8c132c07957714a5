'use client';

/**
 * The data that expressions of the open step are previewed against when it is inside loops: an item of each, and what the
 * steps of that iteration gave in the last run. Refuses to fetch anything for a step outside of loops.
 */
import { useCallback, useMemo, useState } from 'react';
import { drawnGraph } from '@/components/canvas/scopes';
import { type LoopSample, sampleInLoops } from '@/components/inspector/loop-sample';
import type { SampleData } from '@/components/inspector/sample-frame';
import { pathOf } from '@/components/runs/iterations';
import { useAskedIterations } from '@/components/runs/use-iterations';
import type { FlowDocument, FlowStep } from '@/core/flow/document';
import { loopsAround } from '@/core/flow/graph';
import { noPath } from '@/core/run/iteration-path';
import type { StepData } from './data-panel';
import type { LastRunView } from './use-flow-data';

export interface ChosenLoopSample extends LoopSample {
  /** Of the last run, the steps of the chosen iteration before all others. */
  readonly steps: readonly StepData[];
  readonly onItem: (stepId: string, index: number) => void;
}

export function useLoopSample(
  sample: SampleData,
  run: LastRunView | null,
  document: FlowDocument,
  stepId: string | undefined,
): ChosenLoopSample {
  const [chosen, setChosen] = useState<ReadonlyMap<string, number>>(new Map());
  const onItem = useCallback((loop: string, index: number) => setChosen((all) => new Map(all).set(loop, index)), []);
  const loops = useMemo(() => loopsOf(document, stepId), [document, stepId]);
  const path = pathOf(loops.map(({ id }) => ({ stepId: id, index: chosen.get(id) ?? 0 })));
  const asked = useAskedIterations(run, loops.length === 0 ? noPath : path).steps;
  return useMemo(() => {
    const known: StepData[] = [...(run?.steps ?? []), ...asked];
    const stepsIn = (at: string) => known.filter((step) => step.path === at);
    const found = sampleInLoops(sample, loops, chosen, stepsIn, Date.now());
    const steps = found.loops.length === 0 ? known : [...stepsIn(pathOf(found.loops)), ...known];
    return { ...found, steps, onItem };
  }, [sample, run, asked, loops, chosen, onItem]);
}

const noLoops: readonly FlowStep[] = [];

/** The outermost first. */
function loopsOf(document: FlowDocument, stepId: string | undefined): readonly FlowStep[] {
  const { graph } = drawnGraph(document);
  const around = stepId === undefined ? [] : loopsAround(graph, stepId);
  return around.length === 0 ? noLoops : around.toReversed().flatMap((id) => graph.nodes.get(id)?.step ?? []);
}
