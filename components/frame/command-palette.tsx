'use client';

/** Find or do: opens with Mod+K anywhere. What it looks like is loaded with the first opening, not with every page. */
import { lazy, Suspense, useEffect, useState } from 'react';
import { useShortcut } from '@/components/ui/shortcut';
import { type Command, usePalette } from './commands';

const PaletteDialog = lazy(async () => ({ default: (await import('./palette-dialog')).PaletteDialog }));

export function CommandPalette({ frameCommands }: { frameCommands: readonly Command[] }) {
  const { isOpen, setOpen } = usePalette();
  const [isNeeded, setNeeded] = useState(false);
  useShortcut('Mod+K', () => setOpen(!isOpen), { everywhere: true });
  useEffect(() => {
    if (isOpen) setNeeded(true);
  }, [isOpen]);
  if (!isNeeded) return null;
  return (
    <Suspense fallback={null}>
      <PaletteDialog isOpen={isOpen} onOpenChange={setOpen} frameCommands={frameCommands} />
    </Suspense>
  );
}
