'use client';

/** Chooses a stored secret by name, and what stands before its value. Refuses values: those are entered in Settings. */
import Link from 'next/link';
import { Icon } from '@/components/ui/icon';
import { Select } from '@/components/ui/select';
import { isPlainObject, type JsonObject, type JsonValue } from '@/core/json';
import { useInspector } from '../inspector-context';

export const isSecret = (value: JsonValue | undefined): value is JsonObject =>
  isPlainObject(value) && typeof value.$secret === 'string';

/** A reference as the document holds it; an empty prefix is left out. */
export const secretReference = (name: string, prefix: string): JsonObject =>
  prefix === '' ? { $secret: name } : { $secret: name, prefix };

export interface SecretPickerProps {
  value: JsonValue | undefined;
  onChange: (value: JsonObject) => void;
  /** Also asks what stands before the secret, such as `Bearer `. */
  hasPrefix?: boolean;
  label: string;
}

export function SecretPicker({ value, onChange, hasPrefix = false, label }: SecretPickerProps) {
  const { secretNames } = useInspector();
  const name = isSecret(value) ? String(value.$secret) : '';
  const prefix = isSecret(value) && typeof value.prefix === 'string' ? value.prefix : '';
  const isUnknown = name !== '' && !secretNames.includes(name);
  const options = [
    ...secretNames.map((secret) => ({ value: secret, label: secret, icon: 'key' as const })),
    ...(isUnknown ? [{ value: name, label: name, hint: 'is not stored', icon: 'warn' as const }] : []),
  ];
  if (options.length === 0) {
    return (
      <p className="hint">
        <Icon name="key" small /> No secret is stored yet. <Link href="/settings/secrets">Add one in Settings</Link>,
        then choose it here.
      </p>
    );
  }
  return (
    <div className={hasPrefix ? 'secret-pick with-prefix' : 'secret-pick'}>
      {hasPrefix && (
        <span className="input code">
          <input
            aria-label={`${label}: before the secret`}
            placeholder="Bearer "
            value={prefix}
            maxLength={120}
            onChange={(event) => onChange(secretReference(name, event.target.value))}
          />
        </span>
      )}
      <Select
        aria-label={label}
        options={options}
        value={name === '' ? null : name}
        placeholder="Choose a secret"
        onValueChange={(next) => onChange(secretReference(next, prefix))}
      />
      {isUnknown && (
        <p className="fault">
          <Icon name="error" />
          <span>There is no secret called {name}.</span>
        </p>
      )}
    </div>
  );
}
