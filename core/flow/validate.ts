/**
 * What a version must fulfil beyond the shape of a draft. Finds all problems at once, because a person who fixes one and
 * meets the next loses patience and trust. Refuses to stop at the first, and to change anything.
 */
import type { FlowDocument } from '@/core/flow/document';
import { buildGraph } from '@/core/flow/graph';
import { configProblems } from '@/core/flow/problems/config-problems';
import { expressionProblems } from '@/core/flow/problems/expression-problems';
import { flowProblem, type Problem } from '@/core/flow/problems/problem';
import { sagaFaults, sagaWarnings } from '@/core/flow/problems/saga-problems';
import { structureProblems } from '@/core/flow/problems/structure-problems';
import { triggerProblems } from '@/core/flow/problems/trigger-problems';
import { findRefused } from '@/core/flow/refused';
import { jsonPointer } from '@/core/json';
import { compileJsonSchema } from '@/core/json-schema';
import { limits } from '@/core/limits';
import { findKind } from '@/core/steps/registry';

export type { Problem } from '@/core/flow/problems/problem';

/**
 * @param document a draft (see `parseDraft`)
 * @returns every problem, those of the flow as a whole first, then step by step in document order
 */
export function validate(document: FlowDocument): Problem[] {
  const graph = buildGraph(document);
  const refusals = findRefused(document);
  return inDocumentOrder(document, [
    ...structureProblems(document, graph),
    ...sagaFaults(document, graph),
    ...sagaWarnings(graph),
    ...settingsProblems(document),
    ...refusals.map(({ pointer, message, stepId }) => ({
      ...flowProblem(pointer, 'flow.notExecuted', message),
      ...(stepId === undefined ? {} : { stepId }),
    })),
    ...configProblems(document, refusals),
    ...expressionProblems(document, graph),
    ...schemaProblems(document),
    ...triggerProblems(document, graph),
  ]);
}

/** Whether any of the problems stops publishing. */
export const hasErrors = (problems: readonly Problem[]): boolean =>
  problems.some((problem) => problem.severity === 'error');

function settingsProblems({ settings }: FlowDocument): Problem[] {
  const { timeoutMs = 1, concurrency = 1, lane } = settings ?? {};
  const range = (max: number, unit = ''): string => `Choose from 1 to ${max}${unit}.`;
  return [
    ...(timeoutMs >= 1 && timeoutMs <= limits.runTimeoutMaxMs
      ? []
      : [flowProblem('/settings/timeoutMs', 'flow.timeoutOutOfRange', range(limits.runTimeoutMaxMs, ' ms'))]),
    ...(concurrency <= limits.flowConcurrencyMax
      ? []
      : [flowProblem('/settings/concurrency', 'flow.concurrencyOutOfRange', range(limits.flowConcurrencyMax))]),
    ...(lane === undefined || lane.key.trim() !== ''
      ? []
      : [flowProblem('/settings/lane/key', 'lane.keyMissing', 'Give the lane a key, such as {{ event.subject }}.')]),
  ];
}

/** Schemas that people wrote into config: only compiling one tells whether it is one. */
function schemaProblems(document: FlowDocument): Problem[] {
  return document.steps.flatMap((step, index) =>
    (findKind(step.kind)?.manifest.jsonSchemaFields ?? []).flatMap((name): Problem[] => {
      const schema = step.config?.[name];
      if (schema === undefined) {
        return [];
      }
      const compiled = compileJsonSchema(schema, jsonPointer('steps', index, 'config', name));
      return 'faults' in compiled
        ? compiled.faults.map(({ pointer, code, message }) => ({
            ...flowProblem(pointer, code, message),
            stepId: step.id,
          }))
        : [];
    }),
  );
}

function inDocumentOrder(document: FlowDocument, problems: readonly Problem[]): Problem[] {
  const indexOf = new Map(document.steps.map((step, index) => [step.id, index]).reverse() as [string, number][]);
  const rank = ({ stepId }: Problem): number => (stepId === undefined ? -1 : (indexOf.get(stepId) ?? -1));
  return problems.toSorted((a, b) => rank(a) - rank(b));
}
