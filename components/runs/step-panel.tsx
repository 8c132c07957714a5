'use client';

/**
 * What one step of a run received, gave and got wrong: the attempts at the left, the chosen one in tabs at the right.
 * Refuses to decide which step: the page does, from its address.
 */
import { Button, ButtonLink } from '@/components/ui/button';
import { Icon } from '@/components/ui/icon';
import { StatusChip, StatusText } from '@/components/ui/status';
import { Tabs } from '@/components/ui/tabs';
import { isTerminal } from '@/core/run/types';
import { AttemptList } from './attempt-list';
import { AttemptTable } from './attempt-table';
import { attemptsLine, idleWords } from './attempt-words';
import { PrintedLines } from './printed-lines';
import type { DrawnSteps } from './run-context';
import operations from './run-operations.module.css';
import styles from './run-page.module.css';
import { StepError } from './step-error';
import { StepJournal } from './step-journal';
import { StepRelations } from './step-relations';
import { roleStatus } from './step-role';
import { StoredValue } from './stored-value';
import type { AttemptView, RunView, StepView } from './types';

export const stepTabs = ['error', 'input', 'output', 'printed', 'attempts', 'journal'] as const;
export type StepTab = (typeof stepTabs)[number];

export interface StepPanelProps {
  readonly run: RunView;
  readonly step: StepView;
  readonly steps: DrawnSteps;
  /** From the address; null for whatever tells most. */
  readonly tab: StepTab | null;
  readonly onTab: (tab: StepTab) => void;
  /** Number of an attempt; null for the last. */
  readonly attempt: number | null;
  readonly onAttempt: (n: number) => void;
  readonly isFlowThere: boolean;
  readonly onShow: (stepId: string) => void;
  /** Begins a new run at a step. */
  readonly onRerun: (stepId: string) => void;
}

export function StepPanel(props: StepPanelProps) {
  const { run, step, steps, onTab, isFlowThere, onShow, onRerun } = props;
  const attempt = step.attempts.find(({ n }) => n === props.attempt) ?? step.attempts.at(-1);
  const tabs = tabsOf(props, attempt);
  const tab = tabs.find(({ value }) => value === props.tab)?.value ?? tabs[0]?.value ?? 'journal';
  const isOver = isTerminal(run.status);
  const line = steps.isContainer(step.id)
    ? containerLine(run, step, steps)
    : attemptsLine(step, { tries: steps.triesOf(step.id) });
  return (
    <section className={styles.panel} aria-label={`Step ${steps.nameOf(step.id)}`}>
      <div className={styles.stepHead}>
        <Icon name={steps.iconOf(step.id)} />
        <h2 title={steps.nameOf(step.id)}>{steps.nameOf(step.id)}</h2>
        <code className="faint">{step.id}</code>
        <StatusChip status={roleStatus(step, isOver, steps)} />
        <span className={styles.line}>{line}</span>
        <span className="bar push">
          {isOver && isFlowThere && steps.beginnings.includes(step.id) && (
            <Button small icon="retry" onClick={() => onRerun(step.id)}>
              Rerun from here…
            </Button>
          )}
          {isFlowThere && (
            <ButtonLink
              small
              icon="link"
              href={`/flows/${run.flowId}?step=${encodeURIComponent(step.id)}`}
              prefetch={false}
            >
              Open in editor
            </ButtonLink>
          )}
        </span>
      </div>
      <StepRelations run={run} step={step} steps={steps} onShow={onShow} />
      <Tabs
        label="What happened in the step"
        className={styles.tabs}
        panelClassName={styles.tabPanel}
        tabs={tabs}
        value={tab}
        onValueChange={onTab}
      />
    </section>
  );
}

/** Whether the step has an output that its last attempt did not give: a person or another step knew it. */
const wasGiven = (step: StepView, attempt: AttemptView): boolean =>
  (step.status === 'succeeded' || step.status === 'compensated' || step.status === 'compensating') &&
  attempt.status !== 'succeeded' &&
  attempt.n === step.attempts.at(-1)?.n;

interface PanelTab {
  readonly value: StepTab;
  readonly label: string;
  readonly count?: number;
  readonly panel: React.ReactNode;
}

function tabsOf(props: StepPanelProps, attempt: AttemptView | undefined): PanelTab[] {
  const { run, step, steps } = props;
  const isTrigger = step.id === run.trigger.stepId;
  const isOver = isTerminal(run.status);
  const file = (what: string): string => `${run.id}-${step.id}-${what}`;
  const journal: PanelTab = {
    value: 'journal',
    label: 'Journal',
    panel: <StepJournal run={run} stepId={step.id} steps={steps} />,
  };
  if (steps.isContainer(step.id)) return containerTabs(props, journal, file('output'));
  if (isTrigger && attempt === undefined) return [triggerTab(step, file('output')), journal];
  if (attempt === undefined) {
    const idle = <p className={styles.idle}>{idleWords(step, isOver, steps.undoesOf(step.id) !== null)}</p>;
    const reused = (
      <StoredValue
        title="Output, taken over"
        value={step.status === 'failed' ? undefined : step.output}
        absent={step.error?.message ?? 'None.'}
        fileName={file('output')}
      />
    );
    return [{ value: 'output', label: 'Output', panel: step.reusedFrom === undefined ? idle : reused }, journal];
  }
  return [...attemptTabs(props, attempt, file), journal];
}

/** @param file names the file that a value is saved as */
function attemptTabs(props: StepPanelProps, attempt: AttemptView, file: (what: string) => string): PanelTab[] {
  const { run, step, steps } = props;
  const isOver = isTerminal(run.status);
  const policy = { tries: steps.triesOf(step.id) };
  const isGiven = wasGiven(step, attempt);
  const isDone = attempt.status === 'succeeded' || isGiven;
  const beside = (panel: React.ReactNode): React.ReactNode => (
    <div className={styles.step}>
      <AttemptList step={step} chosen={attempt.n} onChoose={props.onAttempt} isOver={isOver} />
      <div className={styles.io}>{panel}</div>
    </div>
  );
  const input: PanelTab = {
    value: 'input',
    label: 'Input',
    panel: beside(<StoredValue title="Input, resolved" value={attempt.input} fileName={file('input')} />),
  };
  const output: PanelTab = {
    value: 'output',
    label: 'Output',
    panel: beside(
      isGiven ? (
        <StoredValue title="Output, given or found out" value={step.output} fileName={file('output')} />
      ) : (
        <Output attempt={attempt} isOver={isOver} fileName={file('output')} />
      ),
    ),
  };
  const error: PanelTab = {
    value: 'error',
    label: 'Error',
    panel: beside(
      <StepError
        step={step}
        attempt={attempt}
        policy={policy}
        kind={steps.stepOf(step.id)?.kind}
        fileName={file('input')}
      />,
    ),
  };
  const { logs } = attempt;
  const printed: PanelTab[] =
    logs === undefined
      ? []
      : [{ value: 'printed', label: 'Printed', count: logs.length, panel: beside(<PrintedLines lines={logs} />) }];
  const hasError = attempt.error !== null;
  return [
    ...(hasError && !isGiven ? [error] : []),
    ...(isDone ? [output, input] : [input, output]),
    ...(hasError && isGiven ? [error] : []),
    ...printed,
    {
      value: 'attempts',
      label: 'Attempts',
      count: step.attempts.length,
      panel: <AttemptTable step={step} chosen={attempt.n} onChoose={props.onAttempt} />,
    },
  ];
}

const containerLine = (run: RunView, step: StepView, steps: DrawnSteps): string => {
  const inside = run.steps.filter(({ id }) => steps.membersOf(step.id).includes(id) && steps.undoesOf(id) === null);
  const done = inside.filter(({ status }) => status === 'succeeded').length;
  const undone = inside.filter(({ status }) => status === 'compensated').length;
  const total = `${done} of ${inside.length} ${inside.length === 1 ? 'step' : 'steps'} succeeded`;
  return undone === 0 ? total : `${total}, ${undone} compensated`;
};

/** A container made no attempts of its own: what it is, is what is inside it. */
function containerTabs({ run, step, steps, onShow }: StepPanelProps, journal: PanelTab, fileName: string): PanelTab[] {
  const inside = run.steps.filter(({ id }) => steps.membersOf(step.id).includes(id));
  const list = (
    <ul className={operations.inside} aria-label="Steps inside">
      {inside.map((member) => (
        <li key={member.id}>
          <button type="button" onClick={() => onShow(member.id)}>
            <Icon name={steps.iconOf(member.id)} small />
            {steps.nameOf(member.id)}
            <StatusText status={roleStatus(member, isTerminal(run.status), steps)} />
          </button>
        </li>
      ))}
    </ul>
  );
  const absent = step.error?.message ?? 'None: it has not completed.';
  const value = step.status === 'succeeded' || step.status === 'compensated' ? step.output : undefined;
  return [
    { value: 'attempts', label: 'Steps inside', count: inside.length, panel: list },
    {
      value: 'output',
      label: 'Output',
      panel: <StoredValue title="Output" value={value} absent={absent} fileName={fileName} />,
    },
    journal,
  ];
}

const triggerTab = (step: StepView, fileName: string): PanelTab => ({
  value: 'output',
  label: 'Output',
  panel: (
    <StoredValue
      title="Data of the event"
      value={step.startedAt === null ? undefined : step.output}
      absent="The run has not started yet."
      fileName={fileName}
    />
  ),
});

function Output({ attempt, isOver, fileName }: { attempt: AttemptView; isOver: boolean; fileName: string }) {
  const absent = isOver ? 'None: the attempt was cut off.' : 'None yet: the attempt is under way.';
  return (
    <StoredValue
      title="Output"
      value={attempt.status === 'succeeded' ? attempt.output : undefined}
      absent={attempt.status === 'running' ? absent : 'None: the attempt did not succeed.'}
      fileName={fileName}
    />
  );
}
