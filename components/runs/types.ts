/** Runs as the browser gets them, named once for this folder. Types only. */
import type { RouterInputs, RouterOutputs } from '@/components/trpc/types';

export type RunSummary = RouterOutputs['runs']['list']['items'][number];
export type RunView = RouterOutputs['runs']['get'];
/** A run as its family shows it. */
export type ChildRun = RouterOutputs['runs']['children']['items'][number];
export type StepView = RunView['steps'][number];
export type AttemptView = StepView['attempts'][number];
export type LoopView = NonNullable<StepView['loop']>;
export type IterationView = RouterOutputs['runs']['iterations']['items'][number];
export type StepError = NonNullable<StepView['error']>;
export type JournalEntry = RouterOutputs['runs']['journal']['items'][number];
export type RunEvent = RouterOutputs['events']['get'];
export type ListRunsInput = NonNullable<RouterInputs['runs']['list']>;
