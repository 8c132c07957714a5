'use client';

/** A key or a chord as it is printed on this person's keyboard: ⌘K on a Mac, Ctrl K elsewhere. */
import { formatKeys, useIsMac } from './shortcut';

export function Kbd({ keys, className }: { keys: string; className?: string }) {
  const isMac = useIsMac();
  return <kbd className={className}>{formatKeys(keys, isMac)}</kbd>;
}
