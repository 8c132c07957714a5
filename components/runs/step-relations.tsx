'use client';

/** How a step stands to others: whom it asked, what it undoes, what undid it, whose output it took over, until when it waits. */
import Link from 'next/link';
import { StepApproval } from '@/components/approvals/step-approval';
import { Icon } from '@/components/ui/icon';
import { StatusText } from '@/components/ui/status';
import { Timestamp } from '@/components/ui/timestamp';
import { noPath } from '@/core/run/iteration-path';
import { isTerminal } from '@/core/run/types';
import type { DrawnSteps } from './run-context';
import { shortRunId } from './run-id';
import styles from './run-operations.module.css';
import type { RunView, StepView } from './types';

export interface StepRelationsProps {
  readonly run: RunView;
  readonly step: StepView;
  readonly steps: DrawnSteps;
  readonly onShow: (stepId: string) => void;
}

export function StepRelations(props: StepRelationsProps) {
  const { run, step, steps } = props;
  return (
    <>
      {steps.stepOf(step.id)?.kind === 'human.approval' && (
        <StepApproval runId={run.id} stepId={step.id} path={step.path ?? noPath} stepStatus={step.status} />
      )}
      <Relations {...props} />
    </>
  );
}

function Relations({ run, step, steps, onShow }: StepRelationsProps) {
  const undoes = steps.undoesOf(step.id);
  const undoneBy = steps.undoneBy(step.id);
  const wasUndone = step.status === 'compensated' || step.status === 'compensating';
  const { reason } = run;
  const isHolding = reason?.stepId === step.id && !isTerminal(run.status);
  // A question has its own deadline, said with the question.
  const until = isHolding && reason.code !== 'approval' ? reason.until : undefined;
  const findsOutFor = steps.findsOutFor(step.id);
  const children = run.children.filter(({ stepId, path }) => stepId === step.id && path === step.path);
  const isAlone =
    children.length === 0 &&
    undoes === null &&
    findsOutFor === null &&
    undoneBy.length === 0 &&
    step.reusedFrom === undefined &&
    until === undefined;
  if (isAlone) return null;
  const named = (id: string) => (
    <button key={id} type="button" className={styles.show} onClick={() => onShow(id)}>
      {steps.nameOf(id)}
    </button>
  );
  return (
    <div className={styles.relations}>
      {undoes !== null && (
        <span>
          <Icon name="undo" small /> undoes {named(undoes)}
        </span>
      )}
      {findsOutFor !== null && (
        <span>
          <Icon name="search" small /> finds out whether {named(findsOutFor)} took effect
        </span>
      )}
      {undoneBy.length > 0 && (
        <span>
          <Icon name="undo" small /> {wasUndone ? 'undone by' : 'can be undone by'} {undoneBy.map(named)}
        </span>
      )}
      {children.map((child) => (
        <span key={child.runId}>
          <Icon name="flows" small /> started{' '}
          <Link className="link" href={`/runs/${child.runId}`}>
            run <code>{shortRunId(child.runId)}</code>
          </Link>{' '}
          of {child.flowName}, <StatusText status={child.status} />
        </span>
      ))}
      {step.reusedFrom !== undefined && (
        <span>
          <Icon name="check" small /> output taken over from{' '}
          <Link className="link" href={`/runs/${step.reusedFrom}?step=${encodeURIComponent(step.id)}`}>
            run <code>{shortRunId(step.reusedFrom)}</code>
          </Link>
        </span>
      )}
      {until !== undefined && (
        <span>
          <Icon name="hourglass" small />
          <span>
            {reason?.code === 'retry' ? 'is tried again' : 'goes on'} <Timestamp at={until} format="relative" />, at{' '}
            <Timestamp at={until} format="date" />
          </span>
        </span>
      )}
    </div>
  );
}
