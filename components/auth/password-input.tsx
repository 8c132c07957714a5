'use client';

/** A password with the way to see it. Stands inside a Field, which labels it. */
import { useState } from 'react';
import { IconButton } from '@/components/ui/button';
import { Input } from '@/components/ui/input';

export interface PasswordInputProps {
  value: string;
  onValueChange: (value: string) => void;
  /** Tells password managers whether to fill in or to make one. */
  autoComplete: 'current-password' | 'new-password' | 'off';
  autoFocus?: boolean;
}

export function PasswordInput({ value, onValueChange, autoComplete, autoFocus }: PasswordInputProps) {
  const [isShown, setShown] = useState(false);
  return (
    <Input
      type={isShown ? 'text' : 'password'}
      value={value}
      onValueChange={onValueChange}
      autoComplete={autoComplete}
      autoCapitalize="off"
      autoCorrect="off"
      spellCheck={false}
      autoFocus={autoFocus}
      after={
        <IconButton
          icon="eye"
          small
          label={isShown ? 'Hide what is typed' : 'Show what is typed'}
          pressed={isShown}
          onClick={() => setShown(!isShown)}
        />
      }
    />
  );
}
