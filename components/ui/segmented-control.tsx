'use client';

/** One of two to four short words, all visible. It is a radio group: arrows move the choice. */
import { Radio } from '@base-ui/react/radio';
import { RadioGroup } from '@base-ui/react/radio-group';
import { classes } from './classes';
import { Icon, type IconName } from './icon';

export interface SegmentedControlProps<Value extends string> {
  /** The accessible name; leave it out inside a Field. */
  label?: string;
  options: readonly { value: Value; label: string; icon?: IconName; disabled?: boolean }[];
  value: Value;
  onValueChange: (value: Value) => void;
  /** Fills its place, every word the same width. */
  wide?: boolean;
  disabled?: boolean;
  className?: string;
}

export function SegmentedControl<Value extends string>(props: SegmentedControlProps<Value>) {
  const { label, options, value, onValueChange, wide, disabled, className } = props;
  return (
    <RadioGroup
      className={classes('seg', wide && 'wide', className)}
      aria-label={label}
      value={value}
      disabled={disabled}
      onValueChange={(next) => onValueChange(next as Value)}
    >
      {options.map((option) => (
        <Radio.Root key={option.value} value={option.value} disabled={option.disabled} aria-label={option.label}>
          {option.icon && <Icon name={option.icon} small />}
          {option.label}
        </Radio.Root>
      ))}
    </RadioGroup>
  );
}
