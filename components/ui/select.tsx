'use client';

/** One value of a known few. For a handful of short words prefer SegmentedControl; for many with search, a combobox. */
import { Select as Base } from '@base-ui/react/select';
import { classes } from './classes';
import { Icon, type IconName } from './icon';

export interface Option<Value extends string> {
  value: Value;
  label: string;
  /** A second, smaller line. */
  hint?: string;
  icon?: IconName;
  disabled?: boolean;
}

export interface SelectProps<Value extends string> {
  options: readonly Option<Value>[];
  value: Value | null;
  onValueChange: (value: Value) => void;
  placeholder?: string;
  name?: string;
  disabled?: boolean;
  className?: string;
  'aria-label'?: string;
}

export function Select<Value extends string>(props: SelectProps<Value>) {
  const { options, value, onValueChange, placeholder = 'Choose', name, disabled, className } = props;
  return (
    <Base.Root
      items={options.map(({ value: item, label }) => ({ value: item, label }))}
      value={value}
      onValueChange={(next) => next !== null && onValueChange(next)}
      name={name}
      disabled={disabled}
    >
      <Base.Trigger className={classes('input select', className)} aria-label={props['aria-label']}>
        <Base.Value className="value" placeholder={placeholder} />
        <Icon name="down" small />
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner className="layer" sideOffset={4} alignItemWithTrigger={false} collisionPadding={8}>
          <Base.Popup className="pop">
            <Base.List>
              {options.map((option) => (
                <Base.Item key={option.value} className="opt" value={option.value} disabled={option.disabled}>
                  {option.icon && <Icon name={option.icon} />}
                  <span className="what">
                    <Base.ItemText>{option.label}</Base.ItemText>
                    {option.hint && <small>{option.hint}</small>}
                  </span>
                  <Base.ItemIndicator className="aside">
                    <Icon name="check" small />
                  </Base.ItemIndicator>
                </Base.Item>
              ))}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
