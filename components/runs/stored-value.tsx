'use client';

/**
 * A value of a run as JSON. A large one is not drawn until somebody asks, so that the page stays quick; it can be
 * copied and saved without being drawn.
 */
import { type ReactNode, useMemo, useState } from 'react';
import { Button } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copy-button';
import { JsonView } from '@/components/ui/json-view';
import { formatBytes } from '@/components/ui/time';
import type { JsonValue } from '@/core/json';
import { limits } from '@/core/limits';
import styles from './run-page.module.css';

export interface StoredValueProps {
  readonly title: string;
  /** Undefined: there is none. */
  readonly value: JsonValue | undefined;
  readonly absent?: string;
  /** A line before the value: `POST https://…`. */
  readonly before?: readonly string[];
  /** Name of the file it is saved as, without its ending. */
  readonly fileName: string;
}

export function StoredValue({ title, value, absent, before, fileName }: StoredValueProps) {
  const [isAsked, setAsked] = useState(false);
  const size = useMemo(() => (value === undefined ? 0 : sizeOf(value)), [value]);
  const isLarge = size > limits.browserPayloadBytes;
  const save = isLarge && value !== undefined && <SaveButton value={value} fileName={fileName} />;
  if (isLarge && !isAsked && value !== undefined) {
    return (
      <div>
        <div className="json-head">
          {title}
          <div className="bar push">
            {save}
            <CopyButton text={() => JSON.stringify(value, null, 2)} label="Copy" />
          </div>
        </div>
        <div className={styles.large}>
          <p className="muted">It has {formatBytes(size)} and is not drawn until you ask.</p>
          <Button small onClick={() => setAsked(true)}>
            Show it here
          </Button>
        </div>
      </div>
    );
  }
  return (
    <JsonView
      title={title}
      value={value}
      actions={save as ReactNode}
      {...(absent === undefined ? {} : { absent })}
      {...(before === undefined ? {} : { before })}
    />
  );
}

/** Bytes of the value as JSON. */
const sizeOf = (value: JsonValue): number => new TextEncoder().encode(JSON.stringify(value)).length;

function SaveButton({ value, fileName }: { value: JsonValue; fileName: string }) {
  const save = (): void => {
    const url = URL.createObjectURL(new Blob([JSON.stringify(value, null, 2)], { type: 'application/json' }));
    const link = document.createElement('a');
    link.href = url;
    link.download = `${fileName}.json`;
    link.click();
    URL.revokeObjectURL(url);
  };
  return (
    <Button small variant="ghost" icon="download" onClick={save}>
      Save
    </Button>
  );
}
