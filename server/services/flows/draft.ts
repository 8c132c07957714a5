/**
 * What stands between unknown JSON and a stored draft, and between a draft and a version. Refuses in the words of the
 * flow format: all faults at once, each at its pointer into the document.
 */
import { validateWithSources } from '@/core/code/source-problems';
import { HeadraceError } from '@/core/errors';
import type { FlowDocument } from '@/core/flow/document';
import { parseDraft } from '@/core/flow/parse-draft';
import { hasErrors, type Problem } from '@/core/flow/validate';

/** @throws HeadraceError `request.invalid` with every fault of the shape */
export function requireDraft(value: unknown): FlowDocument {
  const parsed = parseDraft(value);
  if ('faults' in parsed) {
    throw new HeadraceError('request.invalid', 'This is not a flow document.', { faults: parsed.faults });
  }
  const { document } = parsed;
  // The name is also a column, and Postgres text cannot hold NUL.
  if (document.name.includes('\u0000')) {
    const message = 'The name must not contain NUL characters.';
    throw new HeadraceError('request.invalid', message, {
      faults: [{ pointer: '/name', code: 'field.invalid', message }],
    });
  }
  return document;
}

/**
 * @param beyond problems that the document alone does not show
 * @throws HeadraceError `flow.invalid` with every problem, warnings too, when at least one is an error
 */
export function requireValid(document: FlowDocument, beyond: readonly Problem[] = []): void {
  const problems = [...validateWithSources(document), ...beyond];
  if (!hasErrors(problems)) return;
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  const count = errors === 1 ? 'One problem stops' : `${errors} problems stop`;
  throw new HeadraceError('flow.invalid', `${count} publishing.`, { faults: problems });
}
