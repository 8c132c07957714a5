/**
 * Plans the question. Who answers, and how, is not its business: the wait ends with the outcome that the answer makes, or
 * when its time has passed.
 */
import type { JsonObject } from '@/core/json';
import { isPlainObject } from '@/core/json';
import { limits } from '@/core/limits';
import type { StepExecutor } from '@/core/steps/contract';
import { approvalConfig } from '@/core/steps/human-approval/manifest';
import { asResolved, failConfig, readConfig } from '@/core/steps/templated';

const resolvedConfig = approvalConfig(asResolved);

/** Something before and after an `@`, without blanks: whether it is somebody's, only a letter to it could tell. */
const addressShape = /^[^\s@]+@[^\s@]+$/u;
/** Control characters (a line break in a title, NUL anywhere) and halves of characters, which no text column holds. */
const unfitForLine = /[\p{Cc}\p{Cs}]/u;
const unfitForText = /(?![\n\r\t])[\p{Cc}\p{Cs}]/u;

export const executor: StepExecutor = {
  plan: ({ config, written, nowMs }) => {
    const read = readConfig(resolvedConfig, config);
    if (!read.isValid) return read.plan;
    const title = read.config.title.trim();
    if (title === '' || title.length > limits.approvalTitleLength || unfitForLine.test(title)) {
      return failConfig(`The question is one line of text, ${limits.approvalTitleLength} characters at most.`);
    }
    const description = read.config.description?.trim() ?? '';
    if (description.length > limits.noteLength || unfitForText.test(description)) {
      return failConfig(`The description is text of ${limits.noteLength} characters at most.`);
    }
    const assignee = read.config.assignee?.trim().toLowerCase() ?? null;
    if (
      assignee !== null &&
      (!addressShape.test(assignee) || assignee.length > limits.emailLength || unfitForLine.test(assignee))
    ) {
      return failConfig(
        'Who is asked is named by an e-mail address. Leave the field out to ask everybody who may answer.',
      );
    }
    const { waitMs } = read.config;
    return {
      type: 'await',
      awaits: {
        on: 'approval',
        title,
        description: description === '' ? null : description,
        form: isPlainObject(written.form) ? (written.form as JsonObject) : null,
        assignee,
      },
      untilMs: waitMs === undefined ? null : nowMs + waitMs,
    };
  },
};
