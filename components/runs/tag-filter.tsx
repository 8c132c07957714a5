'use client';

/** The filter for tags: the business keys a flow gives its runs. A run must carry all that are set. */
import { useState } from 'react';
import { Button, IconButton } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { FilterChip } from '@/components/ui/filters';
import { Input } from '@/components/ui/input';
import { parseTag, tagText } from './filter-state';
import styles from './runs.module.css';

export interface TagFilterProps {
  /** `name=value` each. */
  readonly tags: readonly string[];
  readonly onChange: (tags: string[]) => void;
}

export function TagFilter({ tags, onChange }: TagFilterProps) {
  return (
    <FilterChip label="Tag" value={tags.length === 0 ? null : tags.join(', ')} onClear={() => onChange([])}>
      <div className={styles.tags}>
        {tags.map((tag) => (
          <div key={tag} className="bar">
            <code>{tag}</code>
            <IconButton
              icon="close"
              small
              className="push"
              label={`Drop ${tag}`}
              onClick={() => onChange(tags.filter((other) => other !== tag))}
            />
          </div>
        ))}
        <NewTag onAdd={(tag) => onChange([...withoutName(tags, tag), tag])} />
      </div>
    </FilterChip>
  );
}

/** A run has one value for a name, so a second value for it would find nothing. */
export const withoutName = (tags: readonly string[], tag: string): string[] =>
  tags.filter((other) => parseTag(other)?.name !== parseTag(tag)?.name);

function NewTag({ onAdd }: { onAdd: (tag: string) => void }) {
  const [name, setName] = useState('');
  const [value, setValue] = useState('');
  const isReady = name.trim() !== '' && !name.includes('=');
  return (
    <form
      className="form-rows"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isReady) return;
        onAdd(tagText({ name: name.trim(), value: value.trim() }));
        setName('');
        setValue('');
      }}
    >
      <Field label="Name" error={name.includes('=') ? 'A name has no "=".' : null}>
        <Input code value={name} onValueChange={setName} placeholder="order" />
      </Field>
      <Field label="Value">
        <Input code value={value} onValueChange={setValue} placeholder="SO-48219" />
      </Field>
      <Button type="submit" small disabled={!isReady}>
        Show only these runs
      </Button>
    </form>
  );
}
