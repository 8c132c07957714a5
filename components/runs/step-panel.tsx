'use client';

/**
 * What one step of a run received, gave and got wrong: the attempts at the left, the chosen one in tabs at the right.
 * Refuses to decide which step: the page does, from its address.
 */
import { ButtonLink } from '@/components/ui/button';
import { Icon } from '@/components/ui/icon';
import { StatusChip } from '@/components/ui/status';
import { Tabs } from '@/components/ui/tabs';
import { isTerminal } from '@/core/run/types';
import { AttemptList } from './attempt-list';
import { AttemptTable } from './attempt-table';
import { attemptsLine, idleWords } from './attempt-words';
import { shownStatus } from './choose-step';
import type { DrawnSteps } from './run-context';
import styles from './run-page.module.css';
import { StepError } from './step-error';
import { StepJournal } from './step-journal';
import { StoredValue } from './stored-value';
import type { AttemptView, RunView, StepView } from './types';

export const stepTabs = ['error', 'input', 'output', 'attempts', 'journal'] as const;
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
}

export function StepPanel(props: StepPanelProps) {
  const { run, step, steps, onTab, isFlowThere } = props;
  const attempt = step.attempts.find(({ n }) => n === props.attempt) ?? step.attempts.at(-1);
  const tabs = tabsOf(props, attempt);
  const tab = tabs.find(({ value }) => value === props.tab)?.value ?? tabs[0]?.value ?? 'journal';
  const line = attemptsLine(step, { tries: steps.triesOf(step.id) });
  return (
    <section className={styles.panel} aria-label={`Step ${steps.nameOf(step.id)}`}>
      <div className={styles.stepHead}>
        <Icon name={steps.iconOf(step.id)} />
        <h2 title={steps.nameOf(step.id)}>{steps.nameOf(step.id)}</h2>
        <code className="faint">{step.id}</code>
        <StatusChip status={shownStatus(step, isTerminal(run.status))} />
        <span className={styles.line}>{line}</span>
        {isFlowThere && (
          <ButtonLink
            small
            icon="link"
            className="push"
            href={`/flows/${run.flowId}?step=${encodeURIComponent(step.id)}`}
            prefetch={false}
          >
            Open in editor
          </ButtonLink>
        )}
      </div>
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
  const policy = { tries: steps.triesOf(step.id) };
  const file = (what: string): string => `${run.id}-${step.id}-${what}`;
  const journal: PanelTab = { value: 'journal', label: 'Journal', panel: <StepJournal run={run} stepId={step.id} /> };
  if (isTrigger && attempt === undefined) return [triggerTab(step, file('output')), journal];
  if (attempt === undefined) {
    const idle = <p className={styles.idle}>{idleWords(step, isOver)}</p>;
    return [{ value: 'output', label: 'Output', panel: idle }, journal];
  }
  const isDone = attempt.status === 'succeeded';
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
    panel: beside(<Output attempt={attempt} isOver={isOver} fileName={file('output')} />),
  };
  return [
    ...(attempt.error === null
      ? []
      : [
          {
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
          } as const,
        ]),
    ...(isDone ? [output, input] : [input, output]),
    {
      value: 'attempts',
      label: 'Attempts',
      count: step.attempts.length,
      panel: <AttemptTable step={step} chosen={attempt.n} onChoose={props.onAttempt} />,
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
