/**
 * Problems of the code in a flow: what does not parse never becomes a version. Apart from the other problems, because a
 * parser is heavy: the server always asks, a browser once it has loaded it.
 */
import { readSource } from '@/core/code/read-source';
import type { FlowDocument } from '@/core/flow/document';
import { flowProblem, type Problem } from '@/core/flow/problems/problem';
import { validate } from '@/core/flow/validate';
import { jsonPointer } from '@/core/json';
import { findKind } from '@/core/steps/registry';

/** Faults of every source, each at its field, with line and column. */
export function sourceProblems(document: FlowDocument): Problem[] {
  return document.steps.flatMap((step, index) =>
    (findKind(step.kind)?.manifest.fields ?? [])
      .filter(({ widget }) => widget === 'source')
      .flatMap(({ name }): Problem[] => {
        const source = step.config?.[name];
        const reading = typeof source === 'string' ? readSource(source) : null;
        if (reading === null || reading.isValid) return [];
        const { line, column, message } = reading.fault;
        const pointer = jsonPointer('steps', index, 'config', name);
        return [
          { ...flowProblem(pointer, 'code.invalid', `Line ${line}, column ${column}: ${message}`), stepId: step.id },
        ];
      }),
  );
}

/** Everything that `validate` finds and the problems of the code. What publishing asks. */
export const validateWithSources = (document: FlowDocument): Problem[] => [
  ...validate(document),
  ...sourceProblems(document),
];
