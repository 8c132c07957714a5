'use client';

/**
 * Names and values as rows: headers, query, the fields of a JSON body. Values may be text, expressions, JSON or secrets.
 * Keeps half-written rows here until they have a name of their own, so that the document never holds a nameless field.
 */
import { useEffect, useState } from 'react';
import { Button, IconButton } from '@/components/ui/button';
import { classes } from '@/components/ui/classes';
import type { JsonObject, JsonValue } from '@/core/json';
import { cellText, cellValue } from '../json-text';
import { TemplateInput } from '../template-input';
import { isSecret, SecretPicker, secretReference } from './secret-picker';

export interface RowsWidgetProps {
  label: string;
  value: JsonObject;
  onChange: (value: JsonObject) => void;
  takesSecret?: boolean;
  /** Cells hold any JSON; without it they hold text. */
  isJson?: boolean;
  addLabel: string;
}

interface Row {
  readonly key: number;
  readonly name: string;
  readonly value: JsonValue;
}

let lastKey = 0;
const rowOf = (name: string, value: JsonValue): Row => {
  lastKey += 1;
  return { key: lastKey, name, value };
};
const rowsOf = (value: JsonObject): Row[] => Object.entries(value).map(([name, member]) => rowOf(name, member));

/** Rows with a name of their own, in order; of two with the same name the first. */
function objectOf(rows: readonly Row[]): JsonObject {
  const result: JsonObject = {};
  for (const { name, value } of rows) {
    if (name !== '' && !Object.hasOwn(result, name)) {
      result[name] = value;
    }
  }
  return result;
}

export function RowsWidget({ label, value, onChange, takesSecret, isJson = false, addLabel }: RowsWidgetProps) {
  const [rows, setRows] = useState(() => rowsOf(value));
  const [shownFor, setShownFor] = useState(value);
  if (shownFor !== value) {
    // Undo, another step, an edit elsewhere: the document wins unless it is what these rows just said.
    setShownFor(value);
    if (JSON.stringify(objectOf(rows)) !== JSON.stringify(value)) {
      setRows(rowsOf(value));
    }
  }
  const apply = (next: readonly Row[]) => {
    setRows([...next]);
    onChange(objectOf(next));
  };
  const edit = (key: number, change: Partial<Row>) =>
    apply(rows.map((row) => (row.key === key ? { ...row, ...change } : row)));
  const [focusKey, setFocusKey] = useState<number | null>(null);
  useEffect(() => setFocusKey(null), []);
  const add = () => {
    const row = rowOf('', '');
    setRows([...rows, row]);
    setFocusKey(row.key);
  };
  return (
    <div className="rows-widget">
      {rows.map((row, at) => (
        <RowEditor
          key={row.key}
          row={row}
          label={label}
          isJson={isJson}
          takesSecret={takesSecret === true}
          isRepeated={row.name !== '' && rows.findIndex((other) => other.name === row.name) !== at}
          hasFocus={row.key === focusKey}
          onEdit={(change) => edit(row.key, change)}
          onRemove={() => apply(rows.filter((other) => other.key !== row.key))}
        />
      ))}
      <Button small variant="ghost" icon="plus" className="add-row" onClick={add}>
        {addLabel}
      </Button>
    </div>
  );
}

interface RowEditorProps {
  row: Row;
  label: string;
  isJson: boolean;
  takesSecret: boolean;
  isRepeated: boolean;
  hasFocus: boolean;
  onEdit: (change: Partial<Row>) => void;
  onRemove: () => void;
}

function RowEditor({ row, label, isJson, takesSecret, isRepeated, hasFocus, onEdit, onRemove }: RowEditorProps) {
  const name = row.name || 'new field';
  return (
    <div className="row-edit">
      <span className={classes('input code name-cell', isRepeated && 'wrong')}>
        <input
          aria-label={`${label}: name`}
          placeholder="name"
          title={isRepeated ? 'This name is there twice' : row.name}
          value={row.name}
          // biome-ignore lint/a11y/noAutofocus: the person has just asked for this row
          autoFocus={hasFocus}
          onChange={(event) => onEdit({ name: event.target.value })}
        />
      </span>
      <div className="value-cell">
        {isSecret(row.value) ? (
          <SecretPicker label={name} hasPrefix value={row.value} onChange={(value) => onEdit({ value })} />
        ) : (
          <TemplateInput
            aria-label={`${label}: ${name}`}
            value={isJson ? cellText(row.value) : textOf(row.value)}
            onChange={(text) => onEdit({ value: isJson ? cellValue(text) : text })}
          />
        )}
      </div>
      <div className="row-tools">
        {takesSecret && (
          <IconButton
            small
            icon="key"
            label={isSecret(row.value) ? 'Write a value' : 'Use a secret'}
            pressed={isSecret(row.value)}
            onClick={() => onEdit({ value: isSecret(row.value) ? '' : secretReference('', '') })}
          />
        )}
        <IconButton small icon="close" label={`Remove ${name}`} onClick={onRemove} />
      </div>
    </div>
  );
}

const textOf = (value: JsonValue): string => (typeof value === 'string' ? value : JSON.stringify(value));
