'use client';

/**
 * Any JSON with expressions in it: as rows while it is an object, as text always. Text that does not parse yet stays
 * here and says where it is wrong; the document keeps the last value that did. Refuses to reformat while typing.
 */
import { useState } from 'react';
import { Icon } from '@/components/ui/icon';
import { hasExpression } from '@/core/expression';
import { isPlainObject, type JsonObject, type JsonValue } from '@/core/json';
import type { ControlIds } from '../field-shell';
import { useInspector } from '../inspector-context';
import { jsonText, readJson } from '../json-text';
import { previewOf } from '../preview';
import { innerOf, TemplateInput } from '../template-input';
import { RowsWidget } from './rows-widget';
import { isSecret } from './secret-picker';

export interface JsonWidgetProps {
  ids: ControlIds;
  /** Names the field among all fields of all steps. */
  place: string;
  label: string;
  value: JsonValue | undefined;
  onChange: (value: JsonValue | undefined) => void;
  placeholder?: string;
  isTemplated: boolean;
  takesSecret?: boolean;
  mode: JsonMode;
}

/** As rows, as text, or as one expression that gives the whole value. */
export type JsonMode = 'fields' | 'text' | 'expression';

const canBeExpression = (value: JsonValue | undefined): value is string | undefined =>
  value === undefined || (typeof value === 'string' && innerOf(value) !== null);

/** Whether a value can be shown as rows. */
export const canBeRows = (value: JsonValue | undefined): value is JsonObject | undefined =>
  value === undefined || (isPlainObject(value) && !isSecret(value));

export function JsonWidget(props: JsonWidgetProps) {
  const { value, onChange, mode, label, takesSecret } = props;
  if (mode === 'fields' && canBeRows(value)) {
    return (
      <RowsWidget
        label={label}
        isJson
        takesSecret={takesSecret}
        addLabel="Add a field"
        value={value ?? {}}
        onChange={(next) => onChange(Object.keys(next).length === 0 && value === undefined ? undefined : next)}
      />
    );
  }
  if (mode === 'expression' && canBeExpression(value)) {
    return (
      <TemplateInput
        ids={props.ids}
        isCode
        multiline
        value={value ?? ''}
        placeholder="event.data.body"
        onChange={(next) => onChange(next === '' ? undefined : next)}
      />
    );
  }
  return <JsonText {...props} />;
}

/** The way a value is best read: rows while it is flat, one expression as such, anything else as text. */
export function bestMode(value: JsonValue | undefined): JsonMode {
  if (value !== undefined && canBeRows(value)) {
    const isFlat = Object.values(value).every(
      (member) => typeof member !== 'object' || member === null || isSecret(member),
    );
    return isFlat ? 'fields' : 'text';
  }
  return typeof value === 'string' && canBeExpression(value) ? 'expression' : 'text';
}

/** The ways a value can be edited without becoming another. */
export const modesOf = (value: JsonValue | undefined, isTemplated: boolean): readonly JsonMode[] => [
  ...(canBeRows(value) ? (['fields'] as const) : []),
  'text',
  ...(isTemplated && canBeExpression(value) ? (['expression'] as const) : []),
];

function JsonText({ ids, place, value, onChange, placeholder, isTemplated }: JsonWidgetProps) {
  const { unread } = useInspector();
  const [text, setText] = useState(() => unread.get(place) ?? jsonText(value));
  const [shownFor, setShownFor] = useState(value);
  const reading = readJson(text);
  if (shownFor !== value) {
    setShownFor(value);
    const isOurs = reading.type === 'value' && JSON.stringify(reading.value) === JSON.stringify(value);
    if (!isOurs && reading.type !== 'fault') {
      setText(jsonText(value));
    }
  }
  const change = (next: string) => {
    setText(next);
    const read = readJson(next);
    if (read.type === 'fault') {
      unread.set(place, next);
      return;
    }
    unread.delete(place);
    onChange(read.type === 'absent' ? undefined : read.value);
  };
  const lines = Math.min(18, Math.max(3, text.split('\n').length));
  return (
    <>
      <span className="input code json-edit" data-own-undo="">
        <textarea
          {...ids}
          aria-invalid={reading.type === 'fault' || ids['aria-invalid']}
          rows={lines}
          value={text}
          placeholder={placeholder}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => change(event.target.value)}
        />
      </span>
      {reading.type === 'fault' && (
        <p className="fault">
          <Icon name="error" />
          <span>{reading.message} The field keeps its last readable value until this is.</span>
        </p>
      )}
      {isTemplated && reading.type === 'value' && hasExpression(text) && <JsonPreview value={reading.value} />}
    </>
  );
}

function JsonPreview({ value }: { value: JsonValue }) {
  const { sample } = useInspector();
  const preview = previewOf(value, sample, () => performance.now());
  if (preview.type === 'fault') {
    return <p className="gives is-failed">{preview.message}</p>;
  }
  return (
    <p className="gives">
      gives <code>{preview.type === 'missing' ? 'nothing yet' : preview.text}</code>
    </p>
  );
}
