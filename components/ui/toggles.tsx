'use client';

/** On or off. A switch acts at once; a checkbox is one fact of a form or one row of a list. */
import { Checkbox as BaseCheckbox } from '@base-ui/react/checkbox';
import { Field } from '@base-ui/react/field';
import { Switch as BaseSwitch } from '@base-ui/react/switch';
import type { MouseEvent, ReactNode } from 'react';
import { classes } from './classes';
import { Icon } from './icon';

interface ToggleProps {
  checked: boolean;
  onCheckedChange: (checked: boolean) => void;
  /** The words beside it. Leave out only with `aria-label`. */
  label?: ReactNode;
  /** A second, smaller line. */
  hint?: ReactNode;
  disabled?: boolean;
  name?: string;
  className?: string;
  'aria-label'?: string;
}

function Words({ label, hint }: Pick<ToggleProps, 'label' | 'hint'>) {
  return (
    <span>
      {label}
      {hint && <small>{hint}</small>}
    </span>
  );
}

export function Switch({ checked, onCheckedChange, label, hint, disabled, name, className, ...rest }: ToggleProps) {
  const control = (
    <BaseSwitch.Root
      className="switch"
      checked={checked}
      onCheckedChange={(next) => onCheckedChange(next)}
      disabled={disabled}
      name={name}
      aria-label={rest['aria-label']}
    >
      <BaseSwitch.Thumb className="knob" />
    </BaseSwitch.Root>
  );
  if (label === undefined) return control;
  return (
    <Field.Root>
      <Field.Label className={classes('choice', className)}>
        {control}
        <Words label={label} hint={hint} />
      </Field.Label>
    </Field.Root>
  );
}

export interface CheckboxProps extends ToggleProps {
  /** Some but not all of what it stands for. */
  indeterminate?: boolean;
  onClick?: (event: MouseEvent) => void;
}

export function Checkbox(props: CheckboxProps) {
  const { checked, indeterminate, onCheckedChange, label, hint, disabled, name, className, onClick } = props;
  const control = (
    <BaseCheckbox.Root
      className="tick"
      checked={checked}
      indeterminate={indeterminate}
      onCheckedChange={(next) => onCheckedChange(next)}
      disabled={disabled}
      name={name}
      onClick={onClick}
      aria-label={props['aria-label']}
    >
      <BaseCheckbox.Indicator className="bar">
        <Icon name={indeterminate ? 'minus' : 'check'} />
      </BaseCheckbox.Indicator>
    </BaseCheckbox.Root>
  );
  if (label === undefined) return control;
  return (
    <Field.Root>
      <Field.Label className={classes('choice', className)}>
        {control}
        <Words label={label} hint={hint} />
      </Field.Label>
    </Field.Root>
  );
}
