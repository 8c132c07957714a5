'use client';

/**
 * The timeline of a run: a row per step, a bar per attempt, waiting hatched between them. Filled bars decided, outlined
 * ones were tried again. Pressing a row selects its step. Refuses to scroll the page: it scrolls in its own place.
 */
import { memo, type RefObject, useEffect, useMemo, useRef, useState } from 'react';
import { Button } from '@/components/ui/button';
import { classes } from '@/components/ui/classes';
import { Icon } from '@/components/ui/icon';
import { SegmentedControl } from '@/components/ui/segmented-control';
import { statusClass, statusIcon, statusWord } from '@/components/ui/status';
import { formatCount, formatDuration } from '@/components/ui/time';
import { joinPath, noPath } from '@/core/run/iteration-path';
import { isTerminal } from '@/core/run/types';
import { shownStatus } from './choose-step';
import { refsOf, type ShownRun } from './iterations';
import type { DrawnSteps } from './run-context';
import styles from './timeline.module.css';
import type { Bar, Tick, TimelineRow } from './timeline-geometry';
import type { RunView, StepView } from './types';
import { useTimeline } from './use-timeline';

export interface TimelineProps {
  readonly shown: ShownRun;
  /** Every step of every iteration that is known. */
  readonly known: readonly StepView[];
  readonly steps: DrawnSteps;
  readonly selected: string | null;
  readonly onSelect: (stepId: string) => void;
}

/** Steps that did nothing and are listed without being asked for. */
const idleShown = 8;
/** Of the axis, which stays over the rows while they scroll. */
const axisHeight = 24;
/** Less waiting than this is not worth a switch. */
const collapsibleMs = 250;

export const Timeline = memo(function Timeline(props: TimelineProps) {
  const { shown, known, steps, selected, onSelect } = props;
  const [isCollapsed, setCollapsed] = useState(false);
  const run = useMemo(() => withoutFolded(shown), [shown]);
  const timeline = useTimeline(run, steps, isCollapsed, known);
  const [showsIdle, setShowsIdle] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  useKeptInView(box, selected);
  const count = timeline.rows.length + timeline.idle.length;
  const idle = showsIdle || timeline.idle.length <= idleShown ? timeline.idle : [];
  return (
    <section
      className={classes(styles.timeline, timeline.rows.some(({ note }) => note !== undefined) && styles.hasLoops)}
      aria-label="Timeline"
    >
      <div className={styles.head}>
        <h2>Timeline</h2>
        <span className="faint small-text">
          {formatCount(count)} {count === 1 ? 'step' : 'steps'}
          {timeline.attempts !== null &&
            `, ${formatCount(timeline.attempts)} ${timeline.attempts === 1 ? 'attempt' : 'attempts'}`}
        </span>
        {timeline.waitingMs >= collapsibleMs && (
          <SegmentedControl
            className="push"
            label="Waiting time"
            options={[
              { value: 'shown', label: 'Show waiting' },
              { value: 'collapsed', label: 'Collapse' },
            ]}
            value={isCollapsed ? 'collapsed' : 'shown'}
            onValueChange={(value) => setCollapsed(value === 'collapsed')}
          />
        )}
      </div>
      <div ref={box} className={styles.rows} style={{ '--ticks': timeline.ticks.length - 1 } as React.CSSProperties}>
        <Axis ticks={timeline.ticks} undoingAt={timeline.undoingAt} />
        {timeline.undoingAt !== null && (
          <span className={styles.undoing} style={{ '--at': timeline.undoingAt } as React.CSSProperties} aria-hidden />
        )}
        <ol>
          {timeline.rows.map((row) => (
            <Row
              key={row.stepId}
              row={row}
              iteration={chosenIn(row, timeline.rows)}
              name={steps.nameOf(row.stepId)}
              isSelected={row.stepId === selected}
              onSelect={onSelect}
            />
          ))}
          {idle.map((stepId) => (
            <IdleRow
              key={stepId}
              stepId={stepId}
              run={run}
              steps={steps}
              name={steps.nameOf(stepId)}
              isSelected={stepId === selected}
              onSelect={onSelect}
            />
          ))}
        </ol>
        {timeline.idle.length > idleShown && (
          <Button small variant="ghost" className={styles.more} onClick={() => setShowsIdle(!showsIdle)}>
            {showsIdle ? 'Hide' : 'Show'} {formatCount(timeline.idle.length)} steps that did not run
          </Button>
        )}
      </div>
    </section>
  );
});

/** A loop is one row; its steps have rows when an iteration is chosen. */
const withoutFolded = ({ run, tallies }: ShownRun): RunView =>
  tallies.size === 0 ? run : { ...run, steps: run.steps.filter(({ id }) => !tallies.has(id)) };

/** Ticks nearer to the word of undoing than this would be written over it. */
const wordShare = 0.2;
/** Of the words of the first tick, which stand behind it. */
const firstTickShare = 0.07;

const Axis = ({ ticks, undoingAt }: { ticks: readonly Tick[]; undoingAt: number | null }) => (
  <div className={styles.axis} aria-hidden="true">
    <span>step</span>
    <div>
      {ticks.map((tick, index) => {
        if (undoingAt !== null && isUnderWord(tick.at, undoingAt, index === ticks.length - 1)) return null;
        return (
          <span
            key={tick.at}
            className={classes(index === 0 && styles.first, index === ticks.length - 1 && styles.last)}
            style={{ left: percent(tick.at) }}
          >
            {tick.label}
          </span>
        );
      })}
      {undoingAt !== null && (
        <span
          className={classes(styles.undoingWord, undoingAt < wordShare && styles.first)}
          style={{ left: percent(undoingAt) }}
        >
          compensation
        </span>
      )}
    </div>
    <span>took</span>
  </div>
);

/** The word stands before its line, or behind it when there is no room; the last tick is never left out. */
function isUnderWord(at: number, undoingAt: number, isLast: boolean): boolean {
  if (isLast) return false;
  const isBehind = undoingAt < wordShare;
  const middle = undoingAt + (isBehind ? wordShare : -wordShare) / 2;
  return Math.abs(at - middle) < wordShare / 2 + (isBehind && at === 0 ? firstTickShare : 0);
}

/** Scrolls the rows alone, and only when the selected one is not to be seen: it may have been chosen on the canvas. */
function useKeptInView(box: RefObject<HTMLDivElement | null>, selected: string | null): void {
  useEffect(() => {
    const place = box.current;
    const row = selected === null ? null : place?.querySelector<HTMLElement>('[aria-current="true"]');
    if (!place || !row) return;
    const [at, seen] = [row.getBoundingClientRect(), place.getBoundingClientRect()];
    const overTop = seen.top + axisHeight - at.top;
    const underBottom = at.bottom - seen.bottom;
    if (overTop > 0) place.scrollTop -= overTop;
    else if (underBottom > 0) place.scrollTop += underBottom;
  }, [box, selected]);
}

const percent = (fraction: number): string => `${(fraction * 100).toFixed(3)}%`;

interface RowProps {
  readonly name: string;
  readonly isSelected: boolean;
  readonly onSelect: (stepId: string) => void;
}

/** Of a loop: the iteration whose steps stand below it. */
function chosenIn({ stepId, path = noPath, note }: TimelineRow, rows: readonly TimelineRow[]): number | undefined {
  if (note === undefined) return undefined;
  const begin = `${joinPath(path, stepId)}[`;
  const inside = rows.find((row) => row.path?.startsWith(begin));
  return refsOf(inside?.path ?? noPath)[refsOf(path).length]?.index;
}

const Row = memo(function Row(props: RowProps & { row: TimelineRow; iteration: number | undefined }) {
  const { row, iteration, name, isSelected, onSelect } = props;
  const index = refsOf(row.path ?? '').at(-1)?.index;
  return (
    <li className={statusClass(row.status)}>
      <button
        type="button"
        className={classes(styles.row, row.path !== undefined && styles.nested, isSelected && styles.on)}
        aria-current={isSelected ? 'true' : undefined}
        onClick={() => onSelect(row.stepId)}
      >
        <span className={classes(styles.name, row.status === 'running' && 'turns', statusClass(row.status))}>
          <Icon name={statusIcon[row.status]} />
          <span className={styles.text} title={name}>
            {name}
          </span>
          <span className="sr">{statusWord(row.status)}</span>
          {row.note !== undefined && (
            <span className={styles.note}>{iteration === undefined ? row.note : `iteration ${iteration}`}</span>
          )}
          {index !== undefined && <span className="sr">in iteration {index}</span>}
          {row.isUndone && (
            <span className={classes(styles.undone, 'is-compensated')} title="It was undone">
              <Icon name="undo" label="then compensated" />
            </span>
          )}
        </span>
        <span className={styles.track}>
          {row.bars.map((bar) => (
            <TimelineBar key={bar.key} bar={bar} />
          ))}
        </span>
        <span className={styles.took}>{tookWords(row)}</span>
      </button>
    </li>
  );
});

/** The time it took, else how it stands; nothing for the trigger, which takes none. */
function tookWords({ tookMs, status }: TimelineRow): string {
  if (tookMs !== null) return formatDuration(tookMs);
  return status === 'succeeded' ? '' : status;
}

const TimelineBar = ({ bar }: { bar: Bar }) => (
  <span className={styles[bar.look]} style={{ left: percent(bar.from), width: percent(bar.width) }} title={bar.label}>
    {bar.parts?.map(({ word, status, count }) => (
      <span key={word} className={statusClass(status)} style={{ flexGrow: count }} />
    ))}
  </span>
);

const IdleRow = memo(function IdleRow(props: RowProps & { stepId: string; run: RunView; steps: DrawnSteps }) {
  const { stepId, run, steps, name, isSelected, onSelect } = props;
  const step = run.steps.find(({ id }) => id === stepId);
  const status = step === undefined ? 'pending' : shownStatus(step, isTerminal(run.status));
  const isNotNeeded = steps.undoesOf(stepId) !== null && status === 'skipped';
  const word = isNotNeeded ? 'not needed' : status === 'pending' ? 'not yet' : statusWord(status);
  return (
    <li className={statusClass(status)}>
      <button
        type="button"
        className={classes(styles.row, styles.idle, isSelected && styles.on)}
        aria-current={isSelected ? 'true' : undefined}
        onClick={() => onSelect(stepId)}
      >
        <span className={styles.name}>
          <Icon name={statusIcon[status]} />
          <span className={styles.text} title={name}>
            {name}
          </span>
        </span>
        <span className={styles.track} />
        <span className={styles.took}>{word}</span>
      </button>
    </li>
  );
});
