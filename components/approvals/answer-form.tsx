'use client';

/**
 * Where an approval is answered: the form, a comment, yes or no, and one more press, because an answer cannot be taken back.
 * What was typed stays whatever happens around it. Refuses to call anything answered that the server has not said so of.
 */
import { useEffect, useMemo, useRef, useState } from 'react';
import { fieldFaults, problemOf } from '@/components/trpc/failure';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Textarea } from '@/components/ui/input';
import { ErrorState } from '@/components/ui/states';
import { formOf } from '@/core/forms/form-of';
import { type FormEntries, initialEntries, readForm } from '@/core/forms/read-form';
import { limits } from '@/core/limits';
import styles from './approvals.module.css';
import { SchemaField } from './schema-field';
import type { ApprovalAnswer, ApprovalView } from './types';

export interface AnswerFormProps {
  readonly approval: ApprovalView;
  readonly onAnswer: (answer: ApprovalAnswer) => void;
  readonly isBusy: boolean;
  /** Of the last try. */
  readonly error: unknown;
}

type Decision = ApprovalAnswer['decision'];

export function AnswerForm({ approval, onAnswer, isBusy, error }: AnswerFormProps) {
  const form = useMemo(() => (approval.form === null ? null : formOf(approval.form)), [approval.form]);
  const [entries, setEntries] = useState<FormEntries>(() => (form === null ? {} : initialEntries(form)));
  const [comment, setComment] = useState('');
  const [asked, setAsked] = useState<Decision | null>(null);
  const [unread, setUnread] = useState<Readonly<Record<string, string>>>({});
  const place = useRef<HTMLFormElement>(null);
  const refused = useMemo(() => answerFaults(error), [error]);
  const faults = { ...refused.fields, ...unread };
  useFaultInView(place, faults);

  const change = (pointer: string, texts: readonly string[]): void => {
    setEntries({ ...entries, [pointer]: texts });
    setUnread(without(unread, pointer));
  };
  const ask = (decision: Decision): void => {
    const read = decision === 'approve' && form !== null ? readForm(form, entries) : null;
    setUnread(Object.fromEntries((read?.faults ?? []).map(({ pointer, message }) => [pointer, message])));
    if (read === null || read.faults.length === 0) setAsked(decision);
  };
  const send = (): void => {
    if (asked === null) return;
    const read = asked === 'approve' && form !== null ? readForm(form, entries) : null;
    const said = comment.trim();
    onAnswer({
      decision: asked,
      ...(read?.value === undefined ? {} : { answer: read.value }),
      ...(said === '' ? {} : { comment: said }),
    });
    setAsked(null);
  };
  return (
    <form
      ref={place}
      className={styles.form}
      aria-label="Your answer"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (asked === null) ask('approve');
      }}
    >
      {form !== null && <SchemaField field={form} entries={entries} faults={faults} onChange={change} />}
      <Field label="Comment" optional error={refused.comment}>
        <Textarea rows={2} value={comment} onValueChange={setComment} maxLength={limits.noteLength} />
      </Field>
      {refused.rest !== null && <ErrorState error={refused.rest} title="Your answer was not taken" />}
      {asked === null ? (
        <div className="bar">
          <Button type="submit" variant="primary" icon="check" busy={isBusy}>
            Approve…
          </Button>
          <Button icon="cross" disabled={isBusy} onClick={() => ask('reject')}>
            Reject…
          </Button>
        </div>
      ) : (
        <Confirm decision={asked} onConfirm={send} onBack={() => setAsked(null)} />
      )}
    </form>
  );
}

interface ConfirmProps {
  readonly decision: Decision;
  readonly onConfirm: () => void;
  readonly onBack: () => void;
}

/** In place of the buttons: what was written stays in view. */
function Confirm({ decision, onConfirm, onBack }: ConfirmProps) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus(), []);
  const isYes = decision === 'approve';
  return (
    <fieldset
      className={styles.confirm}
      aria-label="Is that your answer?"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        onBack();
      }}
    >
      <p>
        <b>{isYes ? 'Approve this?' : 'Reject this?'}</b> It counts at once and cannot be taken back.
      </p>
      <div className="bar">
        <Button
          ref={button}
          variant={isYes ? 'primary' : 'danger'}
          icon={isYes ? 'check' : 'cross'}
          onClick={onConfirm}
        >
          {isYes ? 'Yes, approve' : 'Yes, reject'}
        </Button>
        <Button onClick={onBack}>Back</Button>
      </div>
    </fieldset>
  );
}

/** What the server said, at the fields it is about; the rest as it is. */
function answerFaults(error: unknown): {
  readonly fields: Readonly<Record<string, string>>;
  readonly comment: string | undefined;
  readonly rest: unknown;
} {
  const faults = Object.entries(fieldFaults(error));
  const fields = faults.flatMap(([pointer, message]) =>
    pointer.startsWith('/answer/') ? [[pointer.slice('/answer'.length), message] as const] : [],
  );
  const comment = faults.find(([pointer]) => pointer === '/comment')?.[1];
  const isAllShown = faults.length > 0 && faults.length === fields.length + (comment === undefined ? 0 : 1);
  const isAway = problemOf(error)?.code.startsWith('approval.') === true;
  return { fields: Object.fromEntries(fields), comment, rest: isAllShown || isAway ? null : (error ?? null) };
}

/** The first field that is wrong gets the focus, each time something new is. */
function useFaultInView(
  place: React.RefObject<HTMLFormElement | null>,
  faults: Readonly<Record<string, string>>,
): void {
  const said = Object.entries(faults).flat().join('\n');
  useEffect(() => {
    if (said !== '') place.current?.querySelector<HTMLElement>('[aria-invalid="true"], [data-invalid] button')?.focus();
  }, [said, place]);
}

const without = (faults: Readonly<Record<string, string>>, pointer: string): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(faults).filter(([one]) => one !== pointer));
