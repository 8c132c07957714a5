/** Triggers are not executed: their output is the data of the event that started the run. */
import type { StepExecutor } from '@/core/steps/contract';

export const executor: StepExecutor | null = null;
