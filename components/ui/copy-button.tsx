'use client';

/** Copies a text and says that it did. Works without the Clipboard API too, which plain http does not offer. */
import { useEffect, useState } from 'react';
import { Button, IconButton } from './button';

export interface CopyButtonProps {
  /** The text, or a function for one that is expensive to make. */
  text: string | (() => string);
  /** The accessible name and tooltip, or the words of the button with `words`. */
  label?: string;
  /** Shows the label as words instead of an icon alone. */
  words?: boolean;
  small?: boolean;
  className?: string;
}

const shownMs = 1_600;

export function CopyButton({ text, label = 'Copy', words, small = true, className }: CopyButtonProps) {
  const [result, setResult] = useState<'copied' | 'failed' | null>(null);
  useEffect(() => {
    if (result === null) return;
    const timer = setTimeout(() => setResult(null), shownMs);
    return () => clearTimeout(timer);
  }, [result]);
  const copy = async () => setResult((await copyText(typeof text === 'string' ? text : text())) ? 'copied' : 'failed');
  const outcome = result === 'failed' ? 'Not copied: select it by hand' : 'Copied';
  const icon = result === 'copied' ? 'check' : result === 'failed' ? 'error' : 'copy';
  return (
    <>
      {words ? (
        <Button icon={icon} small={small} className={className} onClick={copy}>
          {result === null ? label : outcome}
        </Button>
      ) : (
        <IconButton
          icon={icon}
          small={small}
          className={className}
          label={result === null ? label : outcome}
          onClick={copy}
        />
      )}
      <span className="sr" role="status">
        {result === null ? '' : outcome}
      </span>
    </>
  );
}

/** @returns whether the text reached the clipboard */
export async function copyText(text: string): Promise<boolean> {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      // refused by permission or focus: the older way below may still work
    }
  }
  const area = document.createElement('textarea');
  area.value = text;
  area.style.position = 'fixed';
  area.style.opacity = '0';
  document.body.append(area);
  area.select();
  const isCopied = document.execCommand('copy');
  area.remove();
  return isCopied;
}
