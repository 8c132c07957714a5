'use client';

/**
 * A duration that may also be an expression giving milliseconds: `90 s`, or `{{ event.data.body.pauseMs }}`. Refuses to
 * store text that is neither; it stays in the field and says so.
 */
import { useState } from 'react';
import type { JsonValue } from '@/core/json';
import { durationText, parseDuration } from '../duration-text';
import type { ControlIds } from '../field-shell';
import { TemplateInput } from '../template-input';
import { Wrong } from './small-widgets';

export interface TemplatedDurationProps {
  ids: ControlIds;
  value: JsonValue | undefined;
  onChange: (value: JsonValue | undefined) => void;
  placeholder?: string;
}

const textOf = (value: JsonValue | undefined): string =>
  typeof value === 'number' ? durationText(value) : typeof value === 'string' ? value : '';
const isExpression = (text: string): boolean => text.includes('{{');

/** A duration that was turned into an expression is a number there, not the text with its unit. */
export function asExpression(text: string): string {
  const ms = parseDuration(/^\{\{ "(.*)" \}\}$/.exec(text)?.[1] ?? '');
  return ms === null ? text : `{{ ${ms} }}`;
}

/** What the text stands for; undefined for nothing, null for something that is no duration. */
export function readDuration(text: string): JsonValue | undefined {
  if (text.trim() === '') {
    return undefined;
  }
  return isExpression(text) ? text : parseDuration(text);
}

export function TemplatedDuration({ ids, value, onChange, placeholder = '30 s' }: TemplatedDurationProps) {
  const [text, setText] = useState(() => textOf(value));
  const [shownFor, setShownFor] = useState(value);
  if (shownFor !== value) {
    setShownFor(value);
    if (readDuration(text) !== value) {
      setText(textOf(value));
    }
  }
  const change = (typed: string) => {
    const next = asExpression(typed);
    setText(next);
    const read = readDuration(next);
    if (read !== null) {
      onChange(read);
    }
  };
  return (
    <>
      <TemplateInput
        ids={ids}
        value={text}
        placeholder={placeholder}
        onChange={change}
        onBlur={() => typeof value === 'number' && readDuration(text) === value && setText(durationText(value))}
      />
      {readDuration(text) === null && <Wrong>Write a number and a unit, such as 200 ms, 30 s or 5 min.</Wrong>}
    </>
  );
}
