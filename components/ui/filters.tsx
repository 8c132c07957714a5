'use client';

/**
 * The filter bar of a list. A filter is a dashed "+ Status" until it is set, then solid with its value and a way to
 * drop it. The values belong to the address of the page; nothing is kept here.
 */
import { type ReactNode, useState } from 'react';
import { classes } from './classes';
import { Icon } from './icon';
import { Popover } from './popover';
import { Checkbox } from './toggles';

export function FilterBar({ children, className }: { children: ReactNode; className?: string }) {
  return <search className={classes('filters', className)}>{children}</search>;
}

export interface FilterChipProps {
  label: string;
  /** What is set, in words; null while nothing is. */
  value: ReactNode | null;
  onClear: () => void;
  /** What to choose from, in a popover. A function gets the way to close it. */
  children: ReactNode | ((close: () => void) => ReactNode);
}

export function FilterChip({ label, value, onClear, children }: FilterChipProps) {
  const [isOpen, setOpen] = useState(false);
  const isSet = value !== null && value !== undefined;
  return (
    <span className={classes('pick', isSet && 'set')}>
      <Popover
        title={label}
        open={isOpen}
        onOpenChange={setOpen}
        trigger={
          <button type="button">
            {!isSet && <Icon name="plus" small />}
            {label}
            {isSet && <b>{value}</b>}
          </button>
        }
      >
        {typeof children === 'function' ? children(() => setOpen(false)) : children}
      </Popover>
      {isSet && (
        <button type="button" className="drop" aria-label={`Drop the filter ${label}`} onClick={onClear}>
          <Icon name="close" small />
        </button>
      )}
    </span>
  );
}

export interface ChoiceFilterProps<Value extends string> {
  label: string;
  options: readonly { value: Value; label: ReactNode }[];
  selected: readonly Value[];
  onChange: (selected: Value[]) => void;
}

/** A filter for any of several known values: "Status failed, blocked". */
export function ChoiceFilter<Value extends string>({ label, options, selected, onChange }: ChoiceFilterProps<Value>) {
  const toggle = (value: Value, isOn: boolean) =>
    onChange(
      options.map((option) => option.value).filter((known) => (known === value ? isOn : selected.includes(known))),
    );
  return (
    <FilterChip label={label} value={selected.length === 0 ? null : selected.join(', ')} onClear={() => onChange([])}>
      <div className="choices">
        {options.map((option) => (
          <Checkbox
            key={option.value}
            checked={selected.includes(option.value)}
            onCheckedChange={(isOn) => toggle(option.value, isOn)}
            label={option.label}
          />
        ))}
      </div>
    </FilterChip>
  );
}
