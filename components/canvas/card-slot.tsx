'use client';

/**
 * Right on a card or in the title of a region: what matters now. In the designer a change or a problem, in a run the
 * time and the status ring; what completed and was undone keeps both rings. Refuses more than fits on one line.
 */
import { classes } from '@/components/ui/classes';
import { Icon } from '@/components/ui/icon';
import { type Status, statusClass, statusIcon, statusWord } from '@/components/ui/status';
import { formatCount, formatDuration } from '@/components/ui/time';
import type { CardData, RegionData } from './drawing';
import { endedOf } from './loop-bar';
import { type LoopProgress, type StepRunView, type StepTally, shownAs } from './run-view';

export function CardSlot({ data }: { data: CardData | RegionData }) {
  const { run, fault, warnings } = data;
  if (run) {
    return run.status === 'pending' && run.tally === undefined ? null : <RunSlot run={run} />;
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
  if (run.tally !== undefined) return <TallySlot tally={run.tally} />;
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
function factOf({ undoOrder, attempts, status, tookMs, loop, iteration }: StepRunView): string {
  if (loop !== undefined) {
    return iteration === undefined ? loopFact(loop) : `iteration ${iteration} of ${formatCount(loop.total)}`;
  }
  if (undoOrder != null) {
    return ordinal(undoOrder);
  }
  if (attempts > 1) {
    return `${attempts} attempts`;
  }
  return tookMs === null || status === 'skipped' ? '' : formatDuration(tookMs);
}

/** "17 of 25, 1 failed". */
function loopFact(loop: LoopProgress): string {
  const failed = loop.failed + loop.compensated;
  const ended = formatCount(endedOf(loop));
  return `${ended} of ${formatCount(loop.total)}${failed === 0 ? '' : `, ${formatCount(failed)} failed`}`;
}

/** In how many iterations the step stands how: a count and a ring each. */
function TallySlot({ tally }: { tally: StepTally }) {
  return (
    <span className="slot">
      <span className="rings tally">
        {tally.counts
          .filter(({ status }) => status !== 'pending' && status !== 'skipped')
          .map(({ status, count }) => (
            <span key={status}>
              {formatCount(count)}
              <Ring status={status} />
            </span>
          ))}
      </span>
    </span>
  );
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
