'use client';

/** What a key may do: a line per area, to read or to change, and two ways to set them all. */
import { Fragment } from 'react';
import { Button } from '@/components/ui/button';
import { classes } from '@/components/ui/classes';
import { Icon } from '@/components/ui/icon';
import { Checkbox } from '@/components/ui/toggles';
import { allScopes, type Scope, scopeAreas } from './scopes';
import styles from './settings.module.css';

export interface ScopePickerProps {
  selected: readonly Scope[];
  onChange: (selected: readonly Scope[]) => void;
  error?: string;
}

export function ScopePicker({ selected, onChange, error }: ScopePickerProps) {
  const box = (scope: Scope | null, label: string, name: string) =>
    scope === null ? (
      <span />
    ) : (
      <span>
        <Checkbox
          checked={selected.includes(scope)}
          onCheckedChange={(isOn) =>
            onChange(allScopes.filter((known) => (known === scope ? isOn : selected.includes(known))))
          }
          label={
            <>
              {label}
              <span className="sr"> {name}</span>
            </>
          }
        />
      </span>
    );
  return (
    <fieldset className="field" aria-describedby={error ? 'scopes-fault' : undefined}>
      <legend className={classes('lab', styles.legend)}>What it may do</legend>
      <div className={styles.scopes}>
        {scopeAreas.map(({ label, read, write, writeWord }) => (
          <Fragment key={label}>
            <span>{label}</span>
            {box(read, 'read', label)}
            {box(write, writeWord, label)}
          </Fragment>
        ))}
      </div>
      {error && (
        <p className="fault" id="scopes-fault">
          <Icon name="error" />
          <span>Choose at least one.</span>
        </p>
      )}
      <div className="bar">
        <Button small variant="ghost" onClick={() => onChange(allScopes.filter((scope) => scope.endsWith(':read')))}>
          Read everything
        </Button>
        <Button small variant="ghost" onClick={() => onChange(allScopes)}>
          Everything
        </Button>
      </div>
    </fieldset>
  );
}
