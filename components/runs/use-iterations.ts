'use client';

/**
 * Iterations of a run as they are asked for: pages of one loop, and the steps of the chosen iteration where the run was
 * not sent with them. Looked at again while they go on, without the page moving. Refuses to fetch what is there already.
 */
import { keepPreviousData, type UseQueryResult, useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import { useTRPC } from '@/components/trpc/provider';
import type { RouterOutputs } from '@/components/trpc/types';
import { noPath } from '@/core/run/iteration-path';
import { isTerminal } from '@/core/run/types';
import { isShort, levelsOf, refsOf, stepAt } from './iterations';
import type { RunView, StepView } from './types';

/** Iterations of a page: each comes with its steps. */
export const iterationsPerPage = 20;
/** Index of the first iteration on the page of this one. */
export const firstOfPage = (index: number): number => index - (index % iterationsPerPage);
/** A long loop ends iterations faster than anybody reads, and each look folds a part of the journal. */
const refetchEveryMs = 1_500;

/** What of a run tells where its loops stand. */
export type RunOfLoops = Pick<RunView, 'id' | 'status'> & { readonly steps: readonly LoopStep[] };
type LoopStep = Pick<StepView, 'id'> & { readonly path?: string | undefined; readonly loop?: StepView['loop'] };

export interface AskedIterations {
  /** Each with its path, as in a run. */
  readonly steps: readonly StepView[];
  readonly isLoading: boolean;
}

const nothing: readonly StepView[] = [];

/**
 * The steps of the iterations of a path that the run was not sent with.
 * @param path such as `lines[3]`; empty for none
 */
export function useAskedIterations(run: RunOfLoops | null, path: string): AskedIterations {
  const trpc = useTRPC();
  const isOver = run === null || isTerminal(run.status as RunView['status']);
  const levels = run === null ? [] : levelsOf(path).filter((level) => !isSent(run, level) && mayBe(run, level));
  const { pages, isLoading } = useQueries({
    combine,
    queries: levels.map(({ ref, outer }) =>
      trpc.runs.iterations.queryOptions(
        {
          runId: run?.id ?? '',
          stepId: ref.stepId,
          // The page it is on: the list beside it asks for the same, and its neighbours are there already.
          from: firstOfPage(ref.index),
          limit: iterationsPerPage,
          ...(outer === noPath ? {} : { path: outer }),
        },
        { refetchInterval: isOver ? false : refetchEveryMs, staleTime: refetchEveryMs },
      ),
    ),
  });
  const asked = levels.map((level) => level.path).join(' ');
  const steps = useMemo(() => asked.split(' ').flatMap((at, place) => stepsOf(pages[place], at)), [asked, pages]);
  return { steps, isLoading };
}

type IterationPage = RouterOutputs['runs']['iterations'];

const combine = (queries: readonly Pick<UseQueryResult<IterationPage>, 'data' | 'isPending'>[]) => ({
  pages: queries.map(({ data }) => data),
  isLoading: queries.some((query) => query.isPending),
});

function stepsOf(page: IterationPage | undefined, path: string): readonly StepView[] {
  const index = refsOf(path).at(-1)?.index;
  const iteration = index === undefined ? undefined : page?.items.find((one) => one.index === index);
  return iteration === undefined ? nothing : iteration.steps.map((step) => ({ ...step, path, index: iteration.index }));
}

/** Looks once more when the run has ended: what was fetched last may be from before. */
export function useLastLook(run: Pick<RunView, 'status'>): void {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const isOver = isTerminal(run.status);
  const wasGoing = useRef(!isOver);
  useEffect(() => {
    if (isOver && wasGoing.current) void queryClient.invalidateQueries(trpc.runs.iterations.pathFilter());
    wasGoing.current = !isOver;
  }, [isOver, queryClient, trpc]);
}

/** Whether there can be such an iteration, as far as the run says: nothing is asked about a loop that was not entered. */
const mayBe = (run: RunOfLoops, { ref, outer }: ReturnType<typeof levelsOf>[number]): boolean => {
  const step = stepAt(run.steps as readonly StepView[], { stepId: ref.stepId, path: outer });
  return step === undefined ? outer !== noPath : (step.loop?.total ?? 0) > ref.index;
};

/** Whether the run came with the steps of an iteration: of a short loop, or of one that is under way. */
const isSent = (run: RunOfLoops, { ref, outer, path }: ReturnType<typeof levelsOf>[number]): boolean => {
  const loop = stepAt(run.steps as readonly StepView[], { stepId: ref.stepId, path: outer })?.loop;
  return (loop !== undefined && isShort(loop)) || run.steps.some((step) => step.path === path);
};

/**
 * One page of the iterations of a loop.
 * @param loop the step; with the iteration around it, when it is in one
 * @param from index of the first
 */
export function useIterationPage(run: RunView, loop: StepView, from: number) {
  const trpc = useTRPC();
  const { id: stepId, path = noPath } = loop;
  return useQuery(
    trpc.runs.iterations.queryOptions(
      { runId: run.id, stepId, from, limit: iterationsPerPage, ...(path === noPath ? {} : { path }) },
      {
        enabled: loop.loop !== undefined && loop.loop.total > 0,
        placeholderData: keepPreviousData,
        refetchInterval: isTerminal(run.status) ? false : refetchEveryMs,
        staleTime: refetchEveryMs,
      },
    ),
  );
}
