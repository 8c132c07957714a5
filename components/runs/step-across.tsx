'use client';

/**
 * A step in a loop while no iteration is chosen: in how many iterations it stands how, and the way to one of them. Refuses
 * to show one iteration as if it were all.
 */
import type { StepTally } from '@/components/canvas/run-view';
import { Button } from '@/components/ui/button';
import { classes } from '@/components/ui/classes';
import { Icon } from '@/components/ui/icon';
import { StatusText, statusClass, statusIcon, statusWord } from '@/components/ui/status';
import { formatCount } from '@/components/ui/time';
import { isTerminal } from '@/core/run/types';
import { shownStatus } from './choose-step';
import type { StepPlace } from './iterations';
import styles from './loops.module.css';
import type { DrawnSteps } from './run-context';
import pageStyles from './run-page.module.css';
import type { RunView, StepView } from './types';

export interface StepAcrossProps {
  readonly run: RunView;
  readonly step: StepView;
  readonly tally: StepTally;
  readonly known: readonly StepView[];
  readonly steps: DrawnSteps;
  readonly onPlace: (place: StepPlace) => void;
}

export function StepAcross({ run, step, tally, known, steps, onPlace }: StepAcrossProps) {
  const isOver = isTerminal(run.status);
  const loop = steps.loopsAround(step.id)[0] ?? '';
  const inside = known.filter(({ id, path }) => id === step.id && path !== undefined);
  return (
    <div className={styles.across}>
      <p className={pageStyles.idle}>
        It runs once per item of {steps.nameOf(loop)}. Choose an iteration to see what it received and gave.
        {!tally.isWhole && ' The loop is long: only the iterations that are at this step now are counted here.'}
      </p>
      <p className={styles.acrossCounts}>
        {tally.counts.map(({ status, count }) => {
          const shown = shownStatus({ status }, isOver);
          return (
            <span key={status} className={classes('chip', statusClass(shown))}>
              <Icon name={statusIcon[shown]} />
              {statusWord(shown)} in {formatCount(count)}
            </span>
          );
        })}
        <Button small icon="loop" onClick={() => onPlace({ stepId: loop, path: '' })}>
          Iterations of {steps.nameOf(loop)}
        </Button>
      </p>
      {tally.isWhole && (
        <ul className={styles.acrossList} aria-label="Iterations of the step">
          {inside.map((one) => (
            <li key={one.path}>
              <button type="button" onClick={() => onPlace({ stepId: one.id, path: one.path ?? '' })}>
                <code>{one.path?.slice(one.path.lastIndexOf('[')) ?? ''}</code>
                <StatusText status={shownStatus(one, isOver)} />
                <span className={styles.said}>{one.error?.message ?? ''}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
