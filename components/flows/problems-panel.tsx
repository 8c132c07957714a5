'use client';

/** Everything wrong with the draft, each with a way to its step and field. */
import { Icon } from '@/components/ui/icon';
import { type FlowDocument, labelOf } from '@/core/flow/document';
import type { Problem } from '@/core/flow/validate';

export interface ProblemsPanelProps {
  document: FlowDocument;
  problems: readonly Problem[];
  onJump: (problem: Problem) => void;
}

/** The pointer without the place of the step in the file, which means nothing to a person. */
export const shortPointer = (pointer: string): string => pointer.replace(/^\/steps\/\d+/, '') || 'the step';

const errorsFirst = (a: Problem, b: Problem): number => Number(b.severity === 'error') - Number(a.severity === 'error');

export function ProblemsPanel({ document, problems, onJump }: ProblemsPanelProps) {
  const names = new Map(document.steps.map((step) => [step.id, labelOf(step)]));
  if (problems.length === 0) {
    return (
      <p className="no-problems">
        <Icon name="check" /> Nothing stops publishing.
      </p>
    );
  }
  return (
    <div className="rows problems-table">
      <table aria-label="Problems">
        <colgroup>
          <col style={{ width: '104px' }} />
          <col style={{ width: '190px' }} />
          <col />
          <col style={{ width: '210px' }} />
        </colgroup>
        <thead>
          <tr>
            <th scope="col">Severity</th>
            <th scope="col">Step</th>
            <th scope="col">What is wrong and what to do</th>
            <th scope="col">Where</th>
          </tr>
        </thead>
        <tbody>
          {problems.toSorted(errorsFirst).map((problem) => (
            <tr key={`${problem.pointer} ${problem.code} ${problem.message}`}>
              <td>
                {problem.severity === 'error' ? (
                  <span className="st is-failed">
                    <Icon name="cross" />
                    error
                  </span>
                ) : (
                  <span className="st">
                    <Icon name="warn" />
                    warning
                  </span>
                )}
              </td>
              <td>{problem.stepId === undefined ? 'the flow' : (names.get(problem.stepId) ?? problem.stepId)}</td>
              <td className="wraps">{problem.message}</td>
              <td>
                <button type="button" className="link-button" onClick={() => onJump(problem)}>
                  <code>{shortPointer(problem.pointer)}</code>
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
