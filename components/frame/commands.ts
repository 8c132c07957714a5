'use client';

/**
 * The registry behind the command palette: the frame brings its commands, each page adds its own while it is shown.
 * Refuses state: the palette asks at the moment it opens.
 */
import { useEffect, useRef } from 'react';
import { create } from 'zustand';
import type { IconName } from '@/components/ui/icon';

export interface Command {
  /** Unique, for example `flow.publish`. */
  readonly id: string;
  /** Verb first: "Publish this flow". */
  readonly label: string;
  /** Heading it stands under: "This flow", "Go to". */
  readonly group: string;
  readonly icon?: IconName;
  /** The shortcut that does the same, as for useShortcut. Shown, not bound. */
  readonly keys?: string;
  /** Other words people may type. */
  readonly keywords?: string;
  readonly run: () => void;
}

export interface CommandGroup {
  readonly value: string;
  readonly items: readonly Command[];
}

type Source = () => readonly Command[];
const sources = new Set<Source>();

/** Offers these commands in the palette while the component is mounted; always the ones of the last render. */
export function useCommands(commands: readonly Command[]): void {
  const latest = useRef(commands);
  useEffect(() => {
    latest.current = commands;
  });
  useEffect(() => {
    const source = () => latest.current;
    sources.add(source);
    return () => {
      sources.delete(source);
    };
  }, []);
}

/**
 * @param frame commands of the frame, which stand after those of the page
 * @returns groups in the order they were first named, the latest source (the page) first; a repeated id counts once
 */
export function groupCommands(frame: readonly Command[], pages: readonly (readonly Command[])[]): CommandGroup[] {
  const groups = new Map<string, Command[]>();
  const seen = new Set<string>();
  for (const command of [...pages.toReversed().flat(), ...frame]) {
    if (seen.has(command.id)) continue;
    seen.add(command.id);
    const group = groups.get(command.group);
    if (group) group.push(command);
    else groups.set(command.group, [command]);
  }
  return [...groups].map(([value, items]) => ({ value, items }));
}

/** Everything that can be done right now. */
export const collectCommands = (frame: readonly Command[]): CommandGroup[] =>
  groupCommands(
    frame,
    [...sources].map((source) => source()),
  );

interface PaletteState {
  readonly isOpen: boolean;
  readonly setOpen: (isOpen: boolean) => void;
}

export const usePalette = create<PaletteState>((set) => ({ isOpen: false, setOpen: (isOpen) => set({ isOpen }) }));
