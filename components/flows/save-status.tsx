'use client';

/** Whether the draft is safe, in words, beside the name of the flow. Never silent, never alarming without a reason. */
import { useStore } from 'zustand';
import { Button } from '@/components/ui/button';
import { Icon } from '@/components/ui/icon';
import { usePreferences } from '@/components/ui/preferences';
import { formatTime } from '@/components/ui/time';
import type { Autosave } from './autosave';

export function SaveStatusText({ autosave, openedAtMs }: { autosave: Autosave; openedAtMs: number }) {
  const status = useStore(autosave.status);
  const { resolvedTimeZone: timeZone } = usePreferences();
  switch (status.type) {
    case 'saved':
      return (
        <span className="faint small-text save-status" role="status">
          Saved {formatTime(status.atMs ?? openedAtMs, { timeZone })}
        </span>
      );
    case 'changed':
    case 'saving':
      return (
        <span className="faint small-text save-status" role="status">
          Saving…
        </span>
      );
    case 'offline':
      return (
        <span className="st small-text save-status" role="status">
          <Icon name="offline" />
          Not saved: no connection, kept in this browser
          <Button small variant="ghost" onClick={() => void autosave.flush()}>
            Try now
          </Button>
        </span>
      );
    case 'refused':
      return (
        <span className="st is-failed small-text save-status" role="alert" title={status.message}>
          <Icon name="error" />
          Not saved: {status.message}
        </span>
      );
    case 'conflict':
      return (
        <span className="st is-failed small-text save-status" role="alert">
          <Icon name="error" />
          Not saved: somebody else changed this flow
        </span>
      );
  }
}
