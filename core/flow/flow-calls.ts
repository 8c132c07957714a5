/**
 * The other flows that a flow calls, and what is wrong with that. A document alone cannot tell: whoever knows the flows of
 * the workspace says how they stand. Refuses calls that an expression decides: they are known when the step begins.
 */
import { hasExpression } from '@/core/expression';
import type { FlowDocument } from '@/core/flow/document';
import { type Problem, stepProblem } from '@/core/flow/problems/problem';

/** How a flow that is called stands: `ready` has a live version with a manual trigger. */
export type CalleeState = 'ready' | 'unknown' | 'ambiguous' | 'notPublished' | 'noManualTrigger';

/** A call whose flow is named, not computed. */
export interface NamedCall {
  readonly index: number;
  readonly stepId: string;
  /** Id or name, as the engine will look for it. */
  readonly flow: string;
}

/** Every call of a named flow, in document order; disabled steps call nobody. */
export const namedCalls = (document: FlowDocument): NamedCall[] =>
  document.steps.flatMap((step, index): NamedCall[] => {
    const flow = step.kind === 'flow.call' && step.disabled !== true ? step.config?.flow : undefined;
    const isNamed = typeof flow === 'string' && flow.trim() !== '' && !hasExpression(flow);
    return isNamed ? [{ index, stepId: step.id, flow: flow.trim() }] : [];
  });

/**
 * @param states how the flows stand by the name they are called by; of one that is absent nothing is said
 * @returns an error where the call could never work, a warning where the other flow has to be published first
 */
export const callProblems = (document: FlowDocument, states: ReadonlyMap<string, CalleeState>): Problem[] =>
  namedCalls(document).flatMap((call): Problem[] => {
    const state = states.get(call.flow) ?? 'ready';
    if (state === 'ready') return [];
    const { code, severity, message } = words[state];
    return [stepProblem(call, '/config/flow', code, message(call.flow), severity)];
  });

const words: Readonly<
  Record<
    Exclude<CalleeState, 'ready'>,
    { readonly code: string; readonly severity: Problem['severity']; message(flow: string): string }
  >
> = {
  unknown: {
    code: 'call.flowUnknown',
    severity: 'error',
    message: (flow) => `There is no flow with the id or name "${flow}". Choose one of this workspace.`,
  },
  ambiguous: {
    code: 'call.flowAmbiguous',
    severity: 'error',
    message: (flow) => `Several flows are called "${flow}". Choose one from the list; that names it by its id.`,
  },
  notPublished: {
    code: 'call.flowNotPublished',
    severity: 'warning',
    message: (flow) => `"${flow}" is not published yet. Until it is, this step fails.`,
  },
  noManualTrigger: {
    code: 'call.noManualTrigger',
    severity: 'warning',
    message: (flow) =>
      `The live version of "${flow}" has no manual trigger to start it by. Until it has, this step fails.`,
  },
};
