'use client';

/** The widgets that are one control each: choices, numbers, durations, lists of words. */
import { useState } from 'react';
import { Icon } from '@/components/ui/icon';
import { NumberInput } from '@/components/ui/number-input';
import { SegmentedControl } from '@/components/ui/segmented-control';
import { Select } from '@/components/ui/select';
import type { JsonValue } from '@/core/json';
import type { FieldManifest } from '@/core/steps/contract';
import { durationText, parseDuration } from '../duration-text';
import type { ControlIds } from '../field-shell';

interface ChoiceProps {
  field: FieldManifest;
  value: JsonValue | undefined;
  onChange: (value: JsonValue | undefined) => void;
}

/** Up to this many letters in all, the choices stand side by side. */
const segmentLetters = 30;
const unset = '';

/** A few short words stand side by side, more of them fold into a list. */
export function ChoiceWidget({ field, value, onChange }: ChoiceProps) {
  const options = field.options ?? [];
  const current =
    typeof value === 'string' ? value : typeof field.defaultValue === 'string' ? field.defaultValue : unset;
  const isOptional = !field.required && field.defaultValue === undefined;
  const isShort = options.length <= 3 && options.reduce((sum, { label }) => sum + label.length, 0) <= segmentLetters;
  const choose = (next: string) => onChange(next === unset ? undefined : next);
  if (isShort) {
    return (
      <SegmentedControl
        wide
        label={field.label}
        options={[
          ...options.map(({ value: option, label }) => ({ value: option, label })),
          ...(isOptional ? [{ value: unset, label: 'Usual' }] : []),
        ]}
        value={current}
        onValueChange={choose}
      />
    );
  }
  const all = [
    ...options.map(({ value: option, label, help }) => ({ value: option, label, hint: help })),
    ...(isOptional ? [{ value: unset, label: 'Usual', hint: 'Not set: the default holds.' }] : []),
  ];
  return <Select aria-label={field.label} options={all} value={current} onValueChange={choose} />;
}

interface NumberProps {
  label: string;
  value: JsonValue | undefined;
  onChange: (value: number | undefined) => void;
  placeholder?: string;
  min?: number;
  max?: number;
}

const wholeNumbers = { maximumFractionDigits: 0, useGrouping: false } as const;

/** A whole number within its bounds; empty leaves the default. */
export function WholeNumberWidget({
  label,
  value,
  onChange,
  placeholder,
  min = 0,
  max = Number.MAX_SAFE_INTEGER,
}: NumberProps) {
  // While somebody types, the number may be out of bounds for a moment; a draft that holds it could not be saved.
  const bounded = (next: number): number => Math.min(max, Math.max(min, Math.round(next)));
  return (
    <NumberInput
      aria-label={label}
      value={typeof value === 'number' ? value : null}
      onValueChange={(next) => onChange(next === null ? undefined : bounded(next))}
      placeholder={placeholder}
      min={min}
      max={max}
      format={wholeNumbers}
    />
  );
}

interface DurationProps {
  ids: ControlIds;
  value: JsonValue | undefined;
  onChange: (value: number | undefined) => void;
  placeholderMs?: number;
  /** Shown while empty when there is no default. */
  placeholder?: string;
}

/** A duration with its unit; stored in milliseconds. */
export function DurationWidget({ ids, value, onChange, placeholderMs, placeholder = '30 s' }: DurationProps) {
  const [text, setText] = useState(() => (typeof value === 'number' ? durationText(value) : ''));
  const [shownFor, setShownFor] = useState(value);
  if (shownFor !== value) {
    setShownFor(value);
    if (parseDuration(text) !== (value ?? null)) {
      setText(typeof value === 'number' ? durationText(value) : '');
    }
  }
  const isWrong = text.trim() !== '' && parseDuration(text) === null;
  return (
    <>
      <span className="input">
        <input
          {...ids}
          aria-invalid={isWrong || ids['aria-invalid']}
          value={text}
          placeholder={placeholderMs === undefined ? placeholder : durationText(placeholderMs)}
          autoComplete="off"
          onChange={(event) => {
            setText(event.target.value);
            const parsed = parseDuration(event.target.value);
            if (event.target.value.trim() === '') {
              onChange(undefined);
            } else if (parsed !== null) {
              onChange(parsed);
            }
          }}
          onBlur={() => typeof value === 'number' && !isWrong && setText(durationText(value))}
        />
      </span>
      {isWrong && <Wrong>Write a number and a unit, such as 200 ms, 30 s or 5 min.</Wrong>}
    </>
  );
}

interface WordsProps {
  ids: ControlIds;
  value: JsonValue | undefined;
  onChange: (value: string[] | undefined) => void;
  placeholder?: string;
}

const wordsIn = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);

/** Several words with commas or blanks between them: event types. */
export function WordsWidget({ ids, value, onChange, placeholder }: WordsProps) {
  const written = Array.isArray(value) ? value.map(String).join(', ') : '';
  const [text, setText] = useState(written);
  const [shownFor, setShownFor] = useState(written);
  if (shownFor !== written) {
    setShownFor(written);
    if (wordsIn(text).join(', ') !== written) {
      setText(written);
    }
  }
  return (
    <span className="input code">
      <input
        {...ids}
        value={text}
        placeholder={placeholder}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => {
          setText(event.target.value);
          const words = wordsIn(event.target.value);
          onChange(words.length === 0 ? undefined : words);
        }}
      />
    </span>
  );
}

export function Wrong({ children }: { children: React.ReactNode }) {
  return (
    <p className="fault">
      <Icon name="error" />
      <span>{children}</span>
    </p>
  );
}
