'use client';

/**
 * Find or do: opens with Mod+K anywhere. What it looks like is not part of the page's first load; it comes once the page
 * has nothing else to do, so that what somebody types after Mod+K does not land in the field behind it.
 */
import { lazy, Suspense, useEffect, useState } from 'react';
import { useShortcut } from '@/components/ui/shortcut';
import { type Command, usePalette } from './commands';

const load = () => import('./palette-dialog');
const PaletteDialog = lazy(async () => ({ default: (await load()).PaletteDialog }));

/** What fails now is tried again by the opening. */
const prepare = () => void load().catch(() => undefined);
/** Where the browser cannot say when it is idle. */
const idleAfterMs = 2_000;

export function CommandPalette({ frameCommands }: { frameCommands: readonly Command[] }) {
  const { isOpen, setOpen } = usePalette();
  const [isNeeded, setNeeded] = useState(false);
  useShortcut('Mod+K', () => setOpen(!isOpen), { everywhere: true });
  useEffect(() => {
    if (isOpen) setNeeded(true);
  }, [isOpen]);
  useEffect(() => {
    if (!('requestIdleCallback' in window)) {
      const timer = setTimeout(prepare, idleAfterMs);
      return () => clearTimeout(timer);
    }
    const idle = requestIdleCallback(prepare);
    return () => cancelIdleCallback(idle);
  }, []);
  if (!isNeeded) return null;
  return (
    <Suspense fallback={null}>
      <PaletteDialog isOpen={isOpen} onOpenChange={setOpen} frameCommands={frameCommands} />
    </Suspense>
  );
}
