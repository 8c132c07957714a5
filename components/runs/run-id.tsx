/**
 * A run id as people see it: its last group, which tells runs apart (the front is the time and alike for hours). The
 * whole id is in the title, and it is what copying the text gives.
 */
import type { ClipboardEvent } from 'react';

const shownLength = 12;

export const shortRunId = (id: string): string => id.slice(-shownLength);

export function RunId({ id }: { id: string }) {
  const copyWhole = (event: ClipboardEvent) => {
    const isWithin = String(getSelection() ?? '').trim() === shortRunId(id);
    if (!isWithin) return;
    event.clipboardData.setData('text/plain', id);
    event.preventDefault();
  };
  return (
    <code title={id} onCopy={copyWhole}>
      {shortRunId(id)}
    </code>
  );
}
