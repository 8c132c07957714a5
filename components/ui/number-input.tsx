'use client';

/** A number with its unit beside it: a bare number in a form says nothing. Arrow keys and the two small buttons step it. */
import { NumberField } from '@base-ui/react/number-field';
import { classes } from './classes';
import { Icon } from './icon';

export interface NumberInputProps {
  value?: number | null;
  defaultValue?: number;
  /** Called with null while the field is empty. */
  onValueChange?: (value: number | null) => void;
  min?: number;
  max?: number;
  step?: number;
  /** Shown after the number: `ms`, `attempts`. */
  unit?: string;
  format?: Intl.NumberFormatOptions;
  placeholder?: string;
  disabled?: boolean;
  required?: boolean;
  name?: string;
  className?: string;
  'aria-label'?: string;
}

export function NumberInput(props: NumberInputProps) {
  const { unit, format, className, onValueChange, placeholder, 'aria-label': label, ...root } = props;
  return (
    <NumberField.Root
      {...root}
      locale="en-GB"
      format={{ useGrouping: false, ...format }}
      onValueChange={(value) => onValueChange?.(value)}
    >
      <NumberField.Group className={classes('input', className)}>
        <NumberField.Input placeholder={placeholder} aria-label={label} />
        {unit && <span className="unit">{unit}</span>}
        <span className="stepper">
          <NumberField.Decrement aria-label="Less">
            <Icon name="minus" small />
          </NumberField.Decrement>
          <NumberField.Increment aria-label="More">
            <Icon name="plus" small />
          </NumberField.Increment>
        </span>
      </NumberField.Group>
    </NumberField.Root>
  );
}
