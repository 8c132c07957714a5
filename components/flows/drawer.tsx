'use client';

import type { ReactNode } from 'react';
/**
 * The drawer under the canvas: data of the last run, and problems. Its height is dragged and remembered, closed it is
 * one line. Refuses content of its own.
 */
import { type PointerEvent, useState } from 'react';
import { IconButton } from '@/components/ui/button';
import { Icon } from '@/components/ui/icon';
import { Chip } from '@/components/ui/status';

export type DrawerTab = 'data' | 'problems';

export interface DrawerProps {
  /** Null: closed. */
  tab: DrawerTab | null;
  onTabChange: (tab: DrawerTab | null) => void;
  errors: number;
  warnings: number;
  /** Stands right of the tabs: the last run. */
  aside: ReactNode;
  data: ReactNode;
  problems: ReactNode;
}

const heightKey = 'headrace.drawer';
const heights = { first: 232, least: 120, top: 160 } as const;

function readHeight(): number {
  const kept = Number(localStorage.getItem(heightKey));
  return Number.isFinite(kept) && kept >= heights.least ? kept : heights.first;
}

export function Drawer({ tab, onTabChange, errors, warnings, aside, data, problems }: DrawerProps) {
  const [height, setHeight] = useState(readHeight);
  const resize = (event: PointerEvent<HTMLDivElement>) => {
    if (event.buttons !== 1) {
      return;
    }
    const next = Math.min(
      window.innerHeight - heights.top,
      Math.max(heights.least, window.innerHeight - event.clientY),
    );
    setHeight(next);
  };
  const keyResize = (by: number) => {
    const next = Math.min(window.innerHeight - heights.top, Math.max(heights.least, height + by));
    setHeight(next);
    localStorage.setItem(heightKey, String(next));
  };
  const tabButton = (name: DrawerTab, label: ReactNode) => (
    <button
      type="button"
      role="tab"
      id={`drawer-${name}`}
      aria-selected={tab === name}
      aria-controls="drawer-panel"
      onClick={() => onTabChange(tab === name ? null : name)}
    >
      {label}
    </button>
  );
  return (
    <section className="drawer" aria-label="Data and problems" style={tab === null ? undefined : { height }}>
      {tab !== null && (
        // biome-ignore lint/a11y/useSemanticElements: a splitter is a separator that can be focused, which hr is not
        <div
          className="drawer-edge"
          role="separator"
          aria-orientation="horizontal"
          aria-label="Height of the drawer"
          aria-valuenow={height}
          aria-valuemin={heights.least}
          tabIndex={0}
          onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
          onPointerMove={resize}
          onPointerUp={() => localStorage.setItem(heightKey, String(height))}
          onKeyDown={(event) => {
            if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
              event.preventDefault();
              event.stopPropagation();
              keyResize(event.key === 'ArrowUp' ? 24 : -24);
            }
          }}
        />
      )}
      <div className="tabs-row">
        <div className="tabs" role="tablist" aria-label="Drawer">
          {tabButton('data', 'Data')}
          {tabButton(
            'problems',
            <>
              Problems
              {errors > 0 && (
                <span className="chip tiny is-failed" title={`${errors} ${errors === 1 ? 'error' : 'errors'}`}>
                  <Icon name="error" />
                  {errors}
                </span>
              )}
              {warnings > 0 && (
                <Chip tiny warning title={`${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`}>
                  {warnings}
                </Chip>
              )}
            </>,
          )}
        </div>
        <div className="aside">
          {aside}
          <IconButton
            small
            icon={tab === null ? 'up' : 'down'}
            label={tab === null ? 'Open the drawer' : 'Close the drawer'}
            onClick={() => onTabChange(tab === null ? 'data' : null)}
          />
        </div>
      </div>
      {tab !== null && (
        <div className="drawer-body" id="drawer-panel" role="tabpanel" aria-labelledby={`drawer-${tab}`}>
          {tab === 'data' ? data : problems}
        </div>
      )}
    </section>
  );
}
