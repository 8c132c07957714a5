'use client';

/**
 * Right on a card or in the title of a region: what matters now. In the designer a change or a problem, in a run the
 * time and the status ring; what completed and was undone keeps both rings. Refuses more than fits on one line.
 */
import { classes } from '@/components/ui/classes';
import { Icon } from '@/components/ui/icon';
import { type Status, statusClass, statusIcon, statusWord } from '@/components/ui/status';
import { formatDuration } from '@/components/ui/time';
import type { CardData, RegionData } from './drawing';
import { type StepRunView, shownAs } from './run-view';

export function CardSlot({ data }: { data: CardData | RegionData }) {
  const { run, fault, warnings } = data;
  if (run) {
    return run.status === 'pending' ? null : <RunSlot run={run} />;
  }
  return (
    <span className="slot">
      {data.isDisabled && <span>disabled</span>}
      {data.isChanged && !fault && <span title="Changed since the live version">changed</span>}
      {warnings > 0 && (
        <span
          className="chip tiny warning"
          title={fault?.severity === 'warning' ? fault.message : `${warnings} warnings`}
        >
          <Icon name="warn" />
          {warnings}
          <span className="sr">{warnings === 1 ? 'warning' : 'warnings'}</span>
        </span>
      )}
      {fault?.severity === 'error' && <Icon name="error" small className="bad" />}
    </span>
  );
}

function RunSlot({ run }: { run: StepRunView }) {
  const isUndone = run.status === 'compensated' || run.status === 'compensating';
  return (
    <span className="slot">
      {factOf(run)}
      <span className="rings">
        {isUndone && <Ring status="succeeded" />}
        <Ring status={shownAs(run)} />
      </span>
    </span>
  );
}

/** The order of a compensation, the number of attempts, or the time: the one that tells most. */
function factOf({ undoOrder, attempts, status, tookMs }: StepRunView): string {
  if (undoOrder != null) {
    return ordinal(undoOrder);
  }
  if (attempts > 1) {
    return `${attempts} attempts`;
  }
  return tookMs === null || status === 'skipped' ? '' : formatDuration(tookMs);
}

const endings: Readonly<Record<string, string>> = { one: 'st', two: 'nd', few: 'rd' };
const ordinals = new Intl.PluralRules('en', { type: 'ordinal' });
const ordinal = (n: number): string => `${n}${endings[ordinals.select(n)] ?? 'th'}`;

const turning: ReadonlySet<Status> = new Set(['running', 'compensating']);

function Ring({ status }: { status: Status }) {
  return (
    <span className={classes('ring', statusClass(status), turning.has(status) && 'turns')} title={statusWord(status)}>
      <Icon name={statusIcon[status]} />
      <span className="sr">{statusWord(status)}</span>
    </span>
  );
}
