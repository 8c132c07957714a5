/**
 * What a person can do about a step that holds its run, each with what it leads to, in words. Only what the run itself
 * offers is listed. Refuses actions it has no words for: a button nobody can explain is not shown.
 */
import type { ResolveAction } from '@/core/run/types';
import type { RunView, StepView } from './types';

/** The decisions about a step; stopping the run is one of them. */
export type Decision = Exclude<ResolveAction, 'answer'> | 'terminate';

export interface DecisionChoice {
  readonly decision: Decision;
  readonly label: string;
  /** What follows, in one or two sentences. */
  readonly explains: string;
  readonly isDangerous: boolean;
}

export interface BlockedFacts {
  /** What a person calls the step. */
  readonly name: string;
  /** What a person calls the step that it undoes; null for a step of the way forward. */
  readonly undoes: string | null;
}

/** From what mends most to what mends least. */
const order = ['retry', 'output', 'skip', 'compensate', 'terminate'] as const satisfies Decision[];

/** The decisions that the run offers, in one order whatever the run says. */
export function decisionsFor(run: RunView, step: StepView | undefined, facts: BlockedFacts): DecisionChoice[] {
  const offered = run.reason?.actions ?? [];
  return order
    .filter((decision) => offered.includes(decision))
    .map((decision) => ({
      decision,
      ...wordsOf(decision, facts, keepsKey(step)),
      isDangerous: decision === 'terminate' || decision === 'compensate',
    }));
}

/** Whether another try carries the same idempotency key: nobody knows what came of the last. */
export const keepsKey = (step: StepView | undefined): boolean => step?.attempts.at(-1)?.status === 'unknown';

function wordsOf(
  decision: Decision,
  { name, undoes }: BlockedFacts,
  isKeyKept: boolean,
): Pick<DecisionChoice, 'label' | 'explains'> {
  switch (decision) {
    case 'retry':
      return isKeyKept
        ? {
            label: 'Try again with the same key',
            explains: `If ${name} took effect already, a system that honours idempotency keys does nothing twice.`,
          }
        : {
            label: 'Try again with a new key',
            explains: 'A fresh call, once what went wrong has been put right. The failed one had no effect.',
          };
    case 'output':
      return undoes === null
        ? {
            label: 'It happened: give the output',
            explains: 'You looked, or did it by hand. The run goes on with the output you give; nothing is called.',
          }
        : {
            label: 'It is undone: give the output',
            explains: `You looked, or undid ${undoes} by hand. Undoing goes on with the next step; nothing is called.`,
          };
    case 'skip':
      return undoes === null
        ? { label: 'Skip it', explains: `The run goes on without ${name}; its output is null. Nothing is called.` }
        : {
            label: 'Leave it done',
            explains: `${undoes} stays done and the rest is undone. The run then ends failed, not compensated.`,
          };
    case 'compensate':
      return {
        label: 'Undo everything…',
        explains: 'The run fails, and what it completed is undone, the last step first.',
      };
    case 'terminate':
      return { label: 'Terminate…', explains: 'The run ends here, as it is. Nothing is undone.' };
    default:
      return decision satisfies never;
  }
}

/**
 * What the editor of an output begins with: what the step gave in another run, else the shape of its kind.
 * @param lastOutput undefined when none is known
 */
export function outputDraft(kind: string | undefined, lastOutput: unknown): string {
  const shape = kind === 'http.request' ? { status: 200, headers: {}, body: {} } : {};
  return JSON.stringify(lastOutput ?? shape, null, 2);
}
