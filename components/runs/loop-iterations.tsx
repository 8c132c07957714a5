'use client';

/**
 * The iterations of a loop, a page at a time, and the chosen one beside them: its item, its error, its steps, what it
 * gave. The address says which is chosen. Refuses to hold more than a page: a loop may have a hundred thousand.
 */
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { Button, IconButton } from '@/components/ui/button';
import { classes } from '@/components/ui/classes';
import { Icon } from '@/components/ui/icon';
import { NumberInput } from '@/components/ui/number-input';
import { rowAfterKey } from '@/components/ui/row-keys';
import { ErrorState, LoadingRows } from '@/components/ui/states';
import { statusClass, statusIcon } from '@/components/ui/status';
import { formatCount, formatDuration, toMs } from '@/components/ui/time';
import { Duration } from '@/components/ui/timestamp';
import { iterationText, joinPath, noPath } from '@/core/run/iteration-path';
import { isTerminal } from '@/core/run/types';
import { shortError } from './attempt-words';
import { IterationDetail } from './iteration-detail';
import { failuresOf, itemExcerpt, iterationTookMs, ownError, standingOf, stepOfIteration } from './iteration-words';
import type { StepPlace } from './iterations';
import { LoopProgress } from './loop-progress';
import styles from './loops.module.css';
import type { DrawnSteps } from './run-context';
import pageStyles from './run-page.module.css';
import type { IterationView, RunView, StepView } from './types';
import { firstOfPage, iterationsPerPage, useIterationPage } from './use-iterations';

export interface LoopIterationsProps {
  readonly run: RunView;
  /** The loop, entered. */
  readonly step: StepView;
  readonly steps: DrawnSteps;
  /** Index of the chosen iteration; null for none. */
  readonly chosen: number | null;
  /** Chooses an iteration, or none. */
  readonly onPath: (path: string) => void;
  readonly onPlace: (place: StepPlace) => void;
}

export function LoopIterations(props: LoopIterationsProps) {
  const { run, step, steps, chosen, onPath, onPlace } = props;
  const total = step.loop?.total ?? 0;
  const isOver = isTerminal(run.status) || step.finishedAt !== null;
  const [from, setFrom] = useFirstOfPage(chosen);
  const page = useIterationPage(run, step, from);
  const rows = page.data?.items ?? [];
  const shown = rows.find(({ index }) => index === chosen);
  const outer = step.path ?? noPath;
  const pathTo = (index: number): string => joinPath(outer, iterationText({ stepId: step.id, index }));
  const choose = (index: number): void => onPath(pathTo(index));
  const open = (iteration: IterationView): void => {
    const inner = stepOfIteration(iteration.steps, isOver);
    if (inner !== undefined) onPlace({ stepId: inner.id, path: pathTo(iteration.index) });
  };
  if (step.loop === undefined) return null;
  return (
    <div className={styles.loop}>
      <LoopProgress loop={step.loop} />
      {total === 0 ? (
        <p className={pageStyles.idle}>The list was empty, so nothing was done.</p>
      ) : (
        <>
          <PageBar from={from} total={total} chosen={chosen} step={step} onFrom={setFrom} onChoose={choose} />
          {page.error !== null && page.data === undefined ? (
            <div className={pageStyles.fault}>
              <ErrorState
                error={page.error}
                title="The iterations could not be loaded"
                onRetry={() => void page.refetch()}
                isRetrying={page.isFetching}
              />
            </div>
          ) : page.data === undefined ? (
            <LoadingRows rows={6} label="Loading the iterations" />
          ) : (
            <div className={classes(styles.split, chosen === null && styles.wide)}>
              <Rows
                rows={rows}
                chosen={chosen}
                total={total}
                isOver={isOver}
                isStale={page.isPlaceholderData}
                onChoose={choose}
                onOpen={open}
              />
              {chosen !== null && (
                <IterationDetail
                  key={chosen}
                  index={chosen}
                  iteration={shown}
                  run={run}
                  path={pathTo(chosen)}
                  steps={steps}
                  isOver={isOver}
                  onPlace={onPlace}
                  onClose={() => onPath(outer)}
                />
              )}
            </div>
          )}
        </>
      )}
    </div>
  );
}

/** Pages are turned by hand, and turn by themselves to an iteration that was chosen elsewhere. */
function useFirstOfPage(chosen: number | null): [number, (from: number) => void] {
  const [from, setFrom] = useState(firstOfPage(chosen ?? 0));
  const [followed, setFollowed] = useState(chosen);
  if (chosen !== followed) {
    setFollowed(chosen);
    if (chosen !== null) setFrom(firstOfPage(chosen));
  }
  return [from, setFrom];
}

interface PageBarProps {
  readonly from: number;
  readonly total: number;
  readonly chosen: number | null;
  readonly step: StepView;
  readonly onFrom: (from: number) => void;
  readonly onChoose: (index: number) => void;
}

function PageBar({ from, total, chosen, step, onFrom, onChoose }: PageBarProps) {
  const last = Math.min(from + iterationsPerPage, total) - 1;
  const failures = failuresOf(step);
  const next = failures.find(({ index }) => index > (chosen ?? -1)) ?? failures[0];
  return (
    <div className={styles.pageBar}>
      <span>
        {formatCount(from)} to {formatCount(last)} of {formatCount(total)}
      </span>
      <Jump total={total} onJump={onChoose} />
      {next !== undefined && (
        <Button small icon="error" onClick={() => onChoose(next.index)}>
          {failures.length === 1 ? 'The one that failed' : 'Next that failed'}
        </Button>
      )}
      <span className="bar push">
        <IconButton
          small
          icon="left"
          label="The page before"
          disabled={from === 0}
          onClick={() => onFrom(Math.max(0, from - iterationsPerPage))}
        />
        <IconButton
          small
          icon="right"
          label="The next page"
          disabled={last + 1 >= total}
          onClick={() => onFrom(from + iterationsPerPage)}
        />
      </span>
    </div>
  );
}

/** To an index, by typing it and pressing Enter. */
function Jump({ total, onJump }: { total: number; onJump: (index: number) => void }) {
  const [index, setIndex] = useState<number | null>(null);
  return (
    <form
      className={styles.jump}
      onSubmit={(event) => {
        event.preventDefault();
        if (index !== null) onJump(Math.min(total - 1, Math.max(0, index)));
      }}
    >
      <NumberInput
        aria-label="Go to the iteration with this index"
        placeholder="index"
        min={0}
        max={total - 1}
        value={index}
        onValueChange={setIndex}
      />
      <Button small type="submit" disabled={index === null}>
        Go
      </Button>
    </form>
  );
}

interface RowsProps {
  readonly rows: readonly IterationView[];
  readonly chosen: number | null;
  readonly total: number;
  readonly isOver: boolean;
  readonly isStale: boolean;
  readonly onChoose: (index: number) => void;
  readonly onOpen: (iteration: IterationView) => void;
}

/** Arrows walk and choose, across pages too; Enter opens the step that tells most. */
function Rows({ rows, chosen, total, isOver, isStale, onChoose, onOpen }: RowsProps) {
  const list = useRef<HTMLOListElement>(null);
  const isWalking = useRef(false);
  const current = rows.some(({ index }) => index === chosen) ? chosen : (rows[0]?.index ?? null);
  useEffect(() => {
    if (chosen !== null && chosen === current && !isStale) scrollTo(list.current, chosen);
  }, [chosen, current, isStale]);
  useEffect(() => {
    const row = list.current?.querySelector<HTMLElement>(`[data-index="${current}"]`);
    if (isWalking.current && row && chosen === current && !isStale) {
      isWalking.current = false;
      row.focus();
    }
  }, [current, chosen, isStale]);
  const keyDown = (event: KeyboardEvent<HTMLElement>): void => {
    const at = Number((event.target as HTMLElement).dataset.index);
    const to = rowAfterKey(event.key, at, total);
    if (to === null || event.altKey || event.ctrlKey || event.metaKey || event.key === 'j' || event.key === 'k') return;
    event.preventDefault();
    isWalking.current = true;
    onChoose(to);
  };
  return (
    <ol
      ref={list}
      className={classes(styles.rows, isStale && styles.stale)}
      aria-label="Iterations"
      onKeyDown={keyDown}
    >
      {rows.map((iteration) => (
        <Row
          key={iteration.index}
          iteration={iteration}
          isChosen={iteration.index === chosen}
          isReachable={iteration.index === current}
          isOver={isOver}
          onChoose={onChoose}
          onOpen={onOpen}
        />
      ))}
    </ol>
  );
}

/** Scrolls the list alone: the page must not move. */
function scrollTo(list: HTMLElement | null, index: number): void {
  const row = list?.querySelector<HTMLElement>(`[data-index="${index}"]`);
  if (!list || !row) return;
  const [at, seen] = [row.getBoundingClientRect(), list.getBoundingClientRect()];
  if (at.top < seen.top) list.scrollTop -= seen.top - at.top;
  else if (at.bottom > seen.bottom) list.scrollTop += at.bottom - seen.bottom;
}

interface RowProps {
  readonly iteration: IterationView;
  readonly isChosen: boolean;
  /** The one row the Tab key leads to. */
  readonly isReachable: boolean;
  readonly isOver: boolean;
  readonly onChoose: (index: number) => void;
  readonly onOpen: (iteration: IterationView) => void;
}

function Row({ iteration, isChosen, isReachable, isOver, onChoose, onOpen }: RowProps) {
  const { index, item } = iteration;
  const error = ownError(iteration);
  const { status, word } = standingOf(iteration, isOver);
  return (
    <li className={statusClass(status)}>
      <button
        type="button"
        data-index={index}
        className={classes(styles.row, isChosen && styles.on)}
        aria-current={isChosen ? 'true' : undefined}
        tabIndex={isReachable ? 0 : -1}
        onClick={() => onChoose(index)}
        onDoubleClick={() => onOpen(iteration)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !isChosen) return;
          event.preventDefault();
          onOpen(iteration);
        }}
      >
        <Icon name={statusIcon[status]} />
        <b>
          <span className="sr">Iteration </span>
          {formatCount(index)}
        </b>
        <span className={styles.word}>{word}</span>
        <span className={styles.took}>
          <Took iteration={iteration} isOver={isOver} />
        </span>
        <span className={styles.said}>{error === null ? <code>{itemExcerpt(item)}</code> : shortError(error)}</span>
      </button>
    </li>
  );
}

function Took({ iteration, isOver }: { iteration: IterationView; isOver: boolean }) {
  const tookMs = iterationTookMs(iteration);
  if (tookMs !== null) return formatDuration(tookMs);
  const isUnderWay = iteration.status === 'running' || iteration.status === 'compensating';
  return isUnderWay && !isOver && iteration.startedAt !== null ? (
    <Duration sinceMs={toMs(iteration.startedAt)} />
  ) : null;
}
