/** Opens the scope. Its steps do the rest; the engine completes it when they have. */
import type { StepExecutor } from '@/core/steps/contract';

export const executor: StepExecutor = { plan: () => ({ type: 'enter' }) };
