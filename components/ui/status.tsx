/**
 * What happened to a run or a step, always as icon and word in the colour of its role. Only what really happened gets
 * a colour; blocked is the one solid chip, because it is the one status that needs a person.
 */
import type { RunStatus, StepStatus } from '@/core/run/types';
import { classes } from './classes';
import { Icon, type IconName } from './icon';

export type Status = RunStatus | StepStatus;

/** The icon of every status: the mark of a chip, a row, a ring on a card, a timeline. */
export const statusIcon: Readonly<Record<Status, IconName>> = {
  queued: 'more',
  pending: 'more',
  running: 'running',
  waiting: 'hourglass',
  compensating: 'undo',
  compensated: 'undo',
  blocked: 'stop',
  unknown: 'unknown',
  succeeded: 'check',
  failed: 'cross',
  skipped: 'dash',
  cancelled: 'slash',
  terminated: 'terminate',
};

const words: Partial<Record<Status, string>> = { unknown: 'outcome unknown' };

/** The word of a status as people read it. */
export const statusWord = (status: Status): string => words[status] ?? status;

/** The class that sets `--s`, `--s-fg`, `--s-bg`, `--s-line` to the colours of a status, for own drawings. */
export const statusClass = (status: Status): string => `is-${status}`;

export interface StatusChipProps {
  status: Status;
  size?: 'tiny' | 'normal' | 'big';
  /** Replaces the word, for example with a count; the status stays readable to screen readers. */
  count?: number;
  className?: string;
}

export function StatusChip({ status, size = 'normal', count, className }: StatusChipProps) {
  return (
    <span className={classes('chip', size !== 'normal' && size, statusClass(status), className)}>
      <Icon name={statusIcon[status]} />
      {count === undefined ? (
        statusWord(status)
      ) : (
        <>
          <span className="sr">{statusWord(status)}</span> {count}
        </>
      )}
    </span>
  );
}

/** For rows: words without a box, but blocked as its solid chip. */
export function StatusText({ status, className }: { status: Status; className?: string }) {
  if (status === 'blocked') return <StatusChip status={status} className={className} />;
  return (
    <span className={classes('st', statusClass(status), status === 'running' && 'turns', className)}>
      <Icon name={statusIcon[status]} />
      {statusWord(status)}
    </span>
  );
}

export interface ChipProps {
  children: React.ReactNode;
  icon?: IconName;
  tiny?: boolean;
  /** A warning is neutral with a triangle; colour belongs to what happened. */
  warning?: boolean;
  title?: string;
  className?: string;
}

/** A neutral fact in a box: "3 changes ahead of v7". */
export function Chip({ children, icon, tiny, warning, title, className }: ChipProps) {
  const shown = icon ?? (warning ? 'warn' : undefined);
  return (
    <span className={classes('chip', !shown && 'plain', tiny && 'tiny', warning && 'warning', className)} title={title}>
      {shown && <Icon name={shown} />}
      {children}
    </span>
  );
}
