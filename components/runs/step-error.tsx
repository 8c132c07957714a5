'use client';

/** What an attempt got wrong: what it said, what that meant for the step, what was answered, what had been sent. */
import { JsonView } from '@/components/ui/json-view';
import { isPlainObject, type JsonObject, type JsonValue } from '@/core/json';
import { attemptMeaning, type StepPolicy } from './attempt-words';
import styles from './run-page.module.css';
import { StoredValue } from './stored-value';
import type { AttemptView, StepView } from './types';

export interface StepErrorProps {
  readonly step: StepView;
  readonly attempt: AttemptView;
  readonly policy: StepPolicy;
  /** Kind of the step; undefined while the document is not there. */
  readonly kind: string | undefined;
  readonly fileName: string;
}

export function StepError({ step, attempt, policy, kind, fileName }: StepErrorProps) {
  const { error } = attempt;
  if (error === null) return null;
  // The message says the status already.
  const { body, status: _status, ...rest } = error.details ?? {};
  const request = kind === 'http.request' ? requestOf(attempt.input) : null;
  return (
    <>
      <div className={attempt.status === 'unknown' ? styles.unknown : styles.failed} role="note">
        <b>{error.message}</b>
        <p>
          {attemptMeaning(step, attempt, policy)} <code className="faint">{error.code}</code>
        </p>
      </div>
      {body !== undefined && <JsonView title="Response body" value={readBody(body)} wraps />}
      {Object.keys(rest).length > 0 && <JsonView title="Details" value={rest} wraps />}
      <StoredValue
        title="Input, resolved"
        value={request === null ? attempt.input : request.body}
        absent="No body was sent."
        fileName={fileName}
        {...(request === null ? {} : { before: [request.line] })}
      />
    </>
  );
}

/** The request in the form people know: its line, then its body. */
function requestOf(input: JsonValue): { line: string; body: JsonValue | undefined } | null {
  if (!isPlainObject(input)) return null;
  const { method, url, body } = input as JsonObject;
  if (typeof method !== 'string' || typeof url !== 'string') return null;
  return { line: `${method} ${url}`, body: body ?? undefined };
}

/** Errors keep the beginning of an answer as text; what is JSON is shown as JSON. */
function readBody(body: JsonValue): JsonValue {
  if (typeof body !== 'string') return body;
  try {
    return JSON.parse(body) as JsonValue;
  } catch {
    // Text, or JSON that was cut short.
    return body;
  }
}
