'use client';

/** One iteration of a loop: how it stands, its steps, the item it is about, what it gave. Refuses attempts: its steps have them. */
import { Button } from '@/components/ui/button';
import { Icon } from '@/components/ui/icon';
import { LoadingRows } from '@/components/ui/states';
import { StatusText, statusClass, statusIcon } from '@/components/ui/status';
import { shownStatus } from './choose-step';
import { ownError, standingOf } from './iteration-words';
import type { StepPlace } from './iterations';
import styles from './loops.module.css';
import type { DrawnSteps } from './run-context';
import operations from './run-operations.module.css';
import pageStyles from './run-page.module.css';
import { roleStatus } from './step-role';
import { StoredValue } from './stored-value';
import type { IterationView, RunView } from './types';

export interface IterationDetailProps {
  readonly index: number;
  /** Undefined while it is fetched. */
  readonly iteration: IterationView | undefined;
  readonly run: RunView;
  readonly path: string;
  readonly steps: DrawnSteps;
  readonly isOver: boolean;
  readonly onPlace: (place: StepPlace) => void;
  readonly onClose: () => void;
}

export function IterationDetail(props: IterationDetailProps) {
  const { index, iteration, onClose } = props;
  return (
    <section className={styles.detail} aria-label={`Iteration ${index}`}>
      <header>
        <h3>Iteration {index}</h3>
        {iteration !== undefined && <Standing iteration={iteration} isOver={props.isOver} />}
        <span className="bar push">
          <Button small icon="loop" onClick={onClose}>
            All iterations
          </Button>
        </span>
      </header>
      {iteration === undefined ? (
        <LoadingRows rows={3} label="Loading the iteration" />
      ) : (
        <Body {...props} iteration={iteration} />
      )}
    </section>
  );
}

function Standing({ iteration, isOver }: { iteration: IterationView; isOver: boolean }) {
  const { status, word } = standingOf(iteration, isOver);
  return (
    <span className={`chip ${statusClass(status)}`}>
      <Icon name={statusIcon[status]} />
      {word}
    </span>
  );
}

const noOutput: Partial<Record<IterationView['status'], string>> = {
  pending: 'None yet: it has not begun.',
  running: 'None yet: it is under way.',
  undone: 'None any more: it is undone.',
};

function Body({ iteration, run, path, steps, isOver, onPlace }: IterationDetailProps & { iteration: IterationView }) {
  const { item, output, status } = iteration;
  const error = ownError(iteration);
  const begun = iteration.steps.filter((step) => step.startedAt !== null || shownStatus(step, isOver) !== 'skipped');
  const file = (what: string): string => `${run.id}-${path.replaceAll(/[^\w]+/g, '-')}${what}`;
  return (
    <>
      {error !== null && (
        <div className={pageStyles.failed} role="note">
          <b>{error.message}</b>
          <p>
            <code className="faint">{error.code}</code>
          </p>
        </div>
      )}
      {begun.length > 0 && (
        <ul className={operations.inside} aria-label="Steps of the iteration">
          {begun.map((step) => (
            <li key={step.id}>
              <button type="button" onClick={() => onPlace({ stepId: step.id, path })}>
                <Icon name={steps.iconOf(step.id)} small />
                {steps.nameOf(step.id)}
                <StatusText status={roleStatus(step, isOver, steps)} />
              </button>
            </li>
          ))}
        </ul>
      )}
      <StoredValue title="Item" value={item} fileName={file('item')} />
      <StoredValue
        title="Output"
        value={status === 'succeeded' ? output : undefined}
        absent={noOutput[status] ?? 'None: it did not succeed.'}
        fileName={file('output')}
      />
    </>
  );
}
