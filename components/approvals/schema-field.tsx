'use client';

import { Field } from '@/components/ui/field';
import { Icon } from '@/components/ui/icon';
import { Input, Textarea } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
/**
 * One field of a form from a JSON Schema, with the parts that every form of the product is made of. Refuses state: the form
 * around it holds what was typed.
 */
import { Checkbox } from '@/components/ui/toggles';
import type { FormField } from '@/core/forms/form-of';
import { type FormEntries, ticked } from '@/core/forms/read-form';
import styles from './approvals.module.css';

export interface SchemaFieldProps {
  readonly field: FormField;
  readonly entries: FormEntries;
  /** Messages by pointer into the answer. */
  readonly faults: Readonly<Record<string, string>>;
  readonly onChange: (pointer: string, texts: readonly string[]) => void;
}

export function SchemaField(props: SchemaFieldProps) {
  const { field, entries, faults, onChange } = props;
  const given = entries[field.pointer] ?? [];
  const fault = faults[field.pointer];
  const set = (...texts: string[]): void => onChange(field.pointer, texts);
  switch (field.kind) {
    case 'group': {
      const members = field.fields.map((member) => <SchemaField key={member.pointer} {...props} field={member} />);
      if (field.pointer === '') return members;
      return (
        <Group field={field} fault={fault}>
          {members}
        </Group>
      );
    }
    case 'yesNo':
      return (
        <div className="field">
          <Checkbox
            checked={given.includes(ticked)}
            onCheckedChange={(isOn) => (isOn ? set(ticked) : set())}
            label={field.label}
            {...(field.help === null ? {} : { hint: field.help })}
          />
          <Fault>{fault}</Fault>
        </div>
      );
    case 'choices':
      return (
        <Group field={field} fault={fault}>
          {field.choices.map((choice, at) => (
            <Checkbox
              key={choice.label}
              checked={given.includes(String(at))}
              onCheckedChange={(isOn) =>
                set(...given.filter((one) => one !== String(at)), ...(isOn ? [String(at)] : []))
              }
              label={choice.label}
            />
          ))}
        </Group>
      );
    default:
      return (
        <Field
          label={field.label === '' ? 'Value' : field.label}
          hint={hintOf(field)}
          error={fault}
          optional={!field.isRequired || field.isNullable}
        >
          <Control field={field} text={given[0] ?? ''} onText={set} />
        </Field>
      );
  }
}

type Single = Exclude<FormField, { kind: 'group' | 'yesNo' | 'choices' }>;

function Control({ field, text, onText }: { field: Single; text: string; onText: (text: string) => void }) {
  if (field.kind === 'choice') {
    const options = field.choices.map(({ label }, at) => ({
      value: String(at),
      label: label === '' ? '(empty)' : label,
    }));
    const none = field.isRequired && !field.isNullable ? [] : [{ value: '', label: 'none' }];
    return <Select options={[...none, ...options]} value={text === '' ? null : text} onValueChange={onText} />;
  }
  if (field.kind === 'text' || field.kind === 'lines' || field.kind === 'json') {
    return (
      <Textarea value={text} onValueChange={onText} code={field.kind === 'json'} rows={field.kind === 'text' ? 4 : 3} />
    );
  }
  return (
    <Input
      {...inputProps[field.kind]}
      value={text}
      onValueChange={onText}
      {...(field.placeholder === null ? {} : { placeholder: field.placeholder })}
      autoComplete="off"
    />
  );
}

/** A number is text to the browser: its own control rejects silently and changes when one scrolls. */
const inputProps = {
  line: { type: 'text' },
  email: { type: 'email' },
  url: { type: 'url' },
  date: { type: 'date' },
  number: { type: 'text', inputMode: 'decimal' },
  integer: { type: 'text', inputMode: 'numeric' },
} as const;

function hintOf({ kind, help }: Single): string | undefined {
  const how = kind === 'lines' ? 'One per line.' : kind === 'json' ? 'As JSON.' : null;
  const lines = [help, how].filter((line) => line !== null);
  return lines.length === 0 ? undefined : lines.join(' ');
}

interface GroupProps {
  readonly field: FormField;
  readonly fault: string | undefined;
  readonly children: React.ReactNode;
}

function Group({ field, fault, children }: GroupProps) {
  return (
    <fieldset className={styles.group}>
      <legend>{field.label}</legend>
      {field.help !== null && <p className="hint">{field.help}</p>}
      {children}
      <Fault>{fault}</Fault>
    </fieldset>
  );
}

function Fault({ children }: { children: string | undefined }) {
  if (children === undefined) return null;
  return (
    <p className="fault">
      <Icon name="error" />
      <span>{children}</span>
    </p>
  );
}
