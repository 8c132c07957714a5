'use client';

/**
 * Label, control, hint and faults of one field of a step. Marks what is required, and puts the problem where it is.
 * Unlike the general Field it serves controls of our own and several of them under one label.
 */
import { type ReactNode, useId, useState } from 'react';
import { classes } from '@/components/ui/classes';
import { Icon } from '@/components/ui/icon';

export interface FieldFault {
  readonly message: string;
  readonly severity: 'error' | 'warning';
}

/** What a control needs to be found by its label and its faults. */
export interface ControlIds {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': true | undefined;
}

export interface FieldShellProps {
  label: string;
  required?: boolean;
  aside?: ReactNode;
  hint?: ReactNode;
  /** Folded behind an `i` beside the label, so that a form of many fields stays a form. */
  foldsHint?: boolean;
  faults?: readonly FieldFault[];
  /** For problems that jump here. */
  anchor?: string;
  className?: string;
  children: (ids: ControlIds) => ReactNode;
}

export function FieldShell(props: FieldShellProps) {
  const { label, required, aside, hint, foldsHint = false, faults = [], anchor, className, children } = props;
  const id = useId();
  const [showsHint, setShowsHint] = useState(!foldsHint);
  const hasError = faults.some((fault) => fault.severity === 'error');
  const describedBy = [hint ? `${id}-hint` : '', faults.length > 0 ? `${id}-faults` : ''].filter(Boolean).join(' ');
  return (
    <div className={classes('field', hasError && 'wrong', className)} data-field={anchor}>
      <div className="lab">
        <label htmlFor={id}>{label}</label>
        {required && (
          <span className="required" title="Required">
            *<span className="sr">required</span>
          </span>
        )}
        {hint && foldsHint && (
          <button
            type="button"
            className="what"
            aria-label="What is this for?"
            aria-expanded={showsHint}
            title={typeof hint === 'string' ? hint : undefined}
            onClick={() => setShowsHint(!showsHint)}
          >
            <Icon name="info" />
          </button>
        )}
        {aside && <span className="aside">{aside}</span>}
      </div>
      {children({
        id,
        'aria-describedby': describedBy === '' ? undefined : describedBy,
        'aria-invalid': hasError || undefined,
      })}
      {faults.length > 0 && (
        <div id={`${id}-faults`} className="faults">
          {faults.map((fault) => (
            <p key={fault.message} className={fault.severity === 'error' ? 'fault' : 'fault warning'}>
              <Icon name={fault.severity === 'error' ? 'error' : 'warn'} />
              <span>{fault.message}</span>
            </p>
          ))}
        </div>
      )}
      {hint && (
        <p id={`${id}-hint`} className={showsHint ? 'hint' : 'sr'}>
          {hint}
        </p>
      )}
    </div>
  );
}
