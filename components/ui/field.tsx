'use client';

/**
 * A labelled control with a hint and, when it is wrong, the fault below it. Wires `for`, `aria-describedby` and
 * `aria-invalid`; put exactly one control of this folder inside.
 */
import { Field as Base } from '@base-ui/react/field';
import type { ReactNode } from 'react';
import { classes } from './classes';
import { Icon } from './icon';

export interface FieldProps {
  label: ReactNode;
  /** Stands right of the label: a type, a unit, a small link. */
  aside?: ReactNode;
  /** One sentence that helps before anything is wrong. */
  hint?: ReactNode;
  /** One sentence: what is wrong and what to do. */
  error?: ReactNode;
  /** Says so beside the label; required is the rule and goes unmarked. */
  optional?: boolean;
  name?: string;
  disabled?: boolean;
  className?: string;
  children: ReactNode;
}

export function Field({ label, aside, hint, error, optional, name, disabled, className, children }: FieldProps) {
  const hasError = error !== undefined && error !== null && error !== '' && error !== false;
  return (
    <Base.Root className={classes('field', className)} name={name} disabled={disabled} invalid={hasError}>
      <div className="lab">
        <Base.Label>{label}</Base.Label>
        {optional && <span className="faint">optional</span>}
        {aside && <span className="aside">{aside}</span>}
      </div>
      {children}
      {hint && <Base.Description className="hint">{hint}</Base.Description>}
      <Base.Error className="fault" match={hasError}>
        <Icon name="error" />
        <span>{error}</span>
      </Base.Error>
    </Base.Root>
  );
}
