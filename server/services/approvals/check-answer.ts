/**
 * An answer held against its form, and what follows from it for the run. Refuses all faults at once, with pointers into the
 * answer.
 */
import { type Fault, HeadraceError } from '@/core/errors';
import type { JsonObject, JsonValue } from '@/core/json';
import { compileJsonSchema } from '@/core/json-schema';
import { limits } from '@/core/limits';
import type { AttemptOutcome } from '@/core/steps/contract';
import type { AnswerBody } from '@/server/services/approvals/schemas';

/** @throws HeadraceError `request.invalid` */
export function checkAnswer(form: JsonObject | null, { decision, answer }: AnswerBody): void {
  const faults = faultsOf(form, decision, answer);
  if (faults.length > 0) throw new HeadraceError('request.invalid', 'The answer does not fit the form.', { faults });
}

function faultsOf(
  form: JsonObject | null,
  decision: AnswerBody['decision'],
  answer: JsonValue | undefined,
): readonly Fault[] {
  const fault = (code: string, message: string): Fault[] => [{ pointer: '/answer', code, message }];
  if (decision === 'reject') {
    return answer === undefined ? [] : fault('field.unknown', 'A rejection has no answer. Say why in the comment.');
  }
  if (form === null) {
    return answer === undefined ? [] : fault('field.unknown', 'This approval has no form. Approve it, or reject it.');
  }
  if (answer === undefined) return fault('field.required', 'This approval has a form: give what it asks for.');
  if (JSON.stringify(answer).length > limits.approvalAnswerBytes) {
    return fault('field.invalid', `An answer has ${limits.approvalAnswerBytes / 1024} KiB at most.`);
  }
  const compiled = compileJsonSchema(form, '', 'all');
  if ('faults' in compiled) {
    // Publishing refuses such a form; a later release may be stricter than the one that published it.
    throw new HeadraceError('internal.bug', 'The form of a published version does not compile.', { details: { form } });
  }
  return compiled.schema.check(answer, '/answer');
}

/**
 * What the answer makes of the step.
 * @param who as they are called, for the error of a rejection that nobody drew
 */
export function outcomeOf(form: JsonObject | null, body: AnswerBody, who: string): AttemptOutcome {
  const comment = body.comment ?? null;
  if (body.decision === 'approve') {
    const output = form === null ? { approved: true, comment } : (body.answer ?? null);
    return { type: 'succeeded', output, port: 'out' };
  }
  return {
    type: 'succeeded',
    output: { approved: false, comment },
    port: 'rejected',
    ifUndrawn: {
      code: 'approval.rejected',
      message: comment === null || comment === '' ? `${who} rejected it.` : `${who} rejected it: ${comment}`,
      isRetryable: false,
    },
  };
}
