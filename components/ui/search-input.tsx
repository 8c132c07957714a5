'use client';

/** The search box of a list: `/` takes you there, Escape empties it and then leaves it. */
import { useRef } from 'react';
import { Icon } from './icon';
import { Input } from './input';
import { useShortcut } from './shortcut';

export interface SearchInputProps {
  value: string;
  onValueChange: (value: string) => void;
  /** Says what is searched: "Ids, errors, business keys". Also the accessible name. */
  placeholder: string;
  /** False where `/` means something else on the page. */
  slash?: boolean;
  autoFocus?: boolean;
  className?: string;
}

export function SearchInput({
  value,
  onValueChange,
  placeholder,
  slash = true,
  autoFocus,
  className,
}: SearchInputProps) {
  const input = useRef<HTMLInputElement>(null);
  useShortcut('/', () => input.current?.focus(), { enabled: slash });
  const clear = () => {
    onValueChange('');
    input.current?.focus();
  };
  return (
    <Input
      ref={input}
      type="search"
      icon="search"
      className={className}
      value={value}
      onValueChange={onValueChange}
      placeholder={placeholder}
      aria-label={placeholder}
      autoFocus={autoFocus}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        if (value === '') input.current?.blur();
        else onValueChange('');
      }}
      after={
        value === '' ? (
          slash && <kbd>/</kbd>
        ) : (
          <button type="button" className="clear" aria-label="Empty the search" onClick={clear}>
            <Icon name="close" small />
          </button>
        )
      }
    />
  );
}
