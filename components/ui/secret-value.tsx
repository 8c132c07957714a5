'use client';

/** A key or token at the one moment it can be seen. Refuses to hide it behind dots: whoever made it must copy it now. */
import { CopyButton } from './copy-button';
import { Icon } from './icon';

export interface SecretValueProps {
  value: string;
  /** "API key", "Set-up token". */
  name: string;
}

export function SecretValue({ value, name }: SecretValueProps) {
  return (
    <div className="secret-value">
      <div className="value">
        <code>{value}</code>
        <CopyButton text={value} label={`Copy ${name}`} words />
      </div>
      <p className="bar small-text muted">
        <Icon name="warn" small />
        Shown once. Copy it now; it cannot be read again.
      </p>
    </div>
  );
}
