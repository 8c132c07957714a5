'use client';

/**
 * One line or several lines of text. Inside a {@link Field} the label, hint and fault are wired by themselves; outside
 * one, give an `aria-label`.
 */
import { Field as Base } from '@base-ui/react/field';
import type { ComponentProps, ReactNode, Ref } from 'react';
import { classes } from './classes';
import { Icon, type IconName } from './icon';

export interface InputProps extends Omit<ComponentProps<'input'>, 'className' | 'defaultValue' | 'value' | 'onChange'> {
  value?: string;
  defaultValue?: string;
  onValueChange?: (value: string) => void;
  icon?: IconName;
  /** What stands after the text: a unit, a shortcut, a small button. */
  after?: ReactNode;
  /** Monospaced, for ids, paths and expressions. */
  code?: boolean;
  className?: string;
  ref?: Ref<HTMLInputElement>;
}

export function Input({ icon, after, code, className, onValueChange, ...rest }: InputProps) {
  const plain = code ? { autoComplete: 'off', autoCapitalize: 'off', autoCorrect: 'off', spellCheck: false } : {};
  return (
    <span className={classes('input', code && 'code', className)}>
      {icon && <Icon name={icon} />}
      <Base.Control {...plain} {...rest} onValueChange={(value) => onValueChange?.(String(value))} />
      {after}
    </span>
  );
}

export interface TextareaProps
  extends Omit<ComponentProps<'textarea'>, 'className' | 'defaultValue' | 'value' | 'onChange'> {
  value?: string;
  defaultValue?: string;
  onValueChange?: (value: string) => void;
  code?: boolean;
  className?: string;
}

export function Textarea({ code, className, onValueChange, value, defaultValue, rows = 4, ...rest }: TextareaProps) {
  return (
    <span className={classes('input', code && 'code', className)}>
      <Base.Control
        value={value}
        defaultValue={defaultValue}
        onValueChange={(next) => onValueChange?.(String(next))}
        render={<textarea rows={rows} spellCheck={!code} {...rest} />}
      />
    </span>
  );
}
