'use client';

/** In which iteration of which loop a step is looked at, the way back to the loops, and to the iterations beside it. */
import { Fragment } from 'react';
import { IconButton } from '@/components/ui/button';
import { Icon } from '@/components/ui/icon';
import { formatCount } from '@/components/ui/time';
import { iterationText, joinPath } from '@/core/run/iteration-path';
import { levelsOf, type StepPlace, stepAt } from './iterations';
import styles from './loops.module.css';
import type { DrawnSteps } from './run-context';
import type { StepView } from './types';

export interface IterationCrumbsProps {
  readonly path: string;
  /** Every step that is known, to know how many items there are. */
  readonly known: readonly StepView[];
  readonly steps: Pick<DrawnSteps, 'nameOf'>;
  readonly onPlace: (place: StepPlace) => void;
  /** The same step in another iteration. */
  readonly onPath: (path: string) => void;
}

export function IterationCrumbs({ path, known, steps, onPlace, onPath }: IterationCrumbsProps) {
  const levels = levelsOf(path);
  const last = levels.at(-1);
  if (last === undefined) return null;
  const { ref, outer } = last;
  const total = stepAt(known, { stepId: ref.stepId, path: outer })?.loop?.total ?? null;
  const beside = (by: number) => () => onPath(joinPath(outer, iterationText({ ...ref, index: ref.index + by })));
  return (
    <nav className={styles.crumbs} aria-label="Iteration">
      <Icon name="loop" small />
      {levels.map((level) => (
        <Fragment key={level.path}>
          <button
            type="button"
            className={styles.crumb}
            onClick={() => onPlace({ stepId: level.ref.stepId, path: level.path })}
          >
            {steps.nameOf(level.ref.stepId)}
          </button>{' '}
          <span>
            iteration <b>{level.ref.index}</b>
          </span>{' '}
          {level !== last && <Icon name="right" small />}
        </Fragment>
      ))}
      {total !== null && <span className="faint">of {formatCount(total)}, counted from 0</span>}
      <span className="bar push">
        <IconButton small icon="left" label="The iteration before" disabled={ref.index === 0} onClick={beside(-1)} />
        <IconButton
          small
          icon="right"
          label="The next iteration"
          disabled={total === null || ref.index + 1 >= total}
          onClick={beside(1)}
        />
      </span>
    </nav>
  );
}
