'use client';

/**
 * What one step of a run received, gave and got wrong: the attempts at the left, the chosen one in tabs at the right.
 * Refuses to decide which step: the page does, from its address.
 */
import type { StepTally } from '@/components/canvas/run-view';
import { Button, ButtonLink } from '@/components/ui/button';
import { Icon } from '@/components/ui/icon';
import { StatusChip, StatusText } from '@/components/ui/status';
import { Tabs } from '@/components/ui/tabs';
import { iterationText, joinPath } from '@/core/run/iteration-path';
import { isTerminal } from '@/core/run/types';
import { AttemptList } from './attempt-list';
import { AttemptTable } from './attempt-table';
import { attemptsLine, idleWords } from './attempt-words';
import { IterationCrumbs } from './iteration-crumbs';
import { failuresOf } from './iteration-words';
import { pathWithin, refsOf, type StepPlace } from './iterations';
import { LoopFailures } from './loop-failures';
import { LoopIterations } from './loop-iterations';
import { PrintedLines } from './printed-lines';
import type { DrawnSteps } from './run-context';
import operations from './run-operations.module.css';
import styles from './run-page.module.css';
import { StepAcross } from './step-across';
import { StepError } from './step-error';
import { StepJournal } from './step-journal';
import { StepRelations } from './step-relations';
import { roleStatus } from './step-role';
import { StoredValue } from './stored-value';
import type { AttemptView, RunView, StepView } from './types';

export const stepTabs = [
  'error',
  'iterations',
  'failures',
  'input',
  'output',
  'printed',
  'attempts',
  'journal',
] as const;
export type StepTab = (typeof stepTabs)[number];

export interface StepPanelProps {
  /** With one step per id, those in loops as they were in the chosen iteration. */
  readonly run: RunView;
  readonly step: StepView;
  readonly steps: DrawnSteps;
  /** Every step of every iteration that is known. */
  readonly known: readonly StepView[];
  /** The chosen iteration; empty for none. */
  readonly path: string;
  /** Of a step in a loop while none of its iterations is chosen. */
  readonly tally: StepTally | undefined;
  /** From the address; null for whatever tells most. */
  readonly tab: StepTab | null;
  readonly onTab: (tab: StepTab) => void;
  /** Number of an attempt; null for the last. */
  readonly attempt: number | null;
  readonly onAttempt: (n: number) => void;
  readonly isFlowThere: boolean;
  readonly onShow: (stepId: string) => void;
  readonly onPlace: (place: StepPlace) => void;
  /** The same step in another iteration, or in none. */
  readonly onPath: (path: string) => void;
  /** Begins a new run at a step. */
  readonly onRerun: (stepId: string) => void;
}

export function StepPanel(props: StepPanelProps) {
  const { run, step, steps, tally, onTab, onShow, onPlace } = props;
  const attempt = step.attempts.find(({ n }) => n === props.attempt) ?? step.attempts.at(-1);
  const tabs = tabsOf(props, attempt);
  const tab = tabs.find(({ value }) => value === props.tab)?.value ?? tabs[0]?.value ?? 'journal';
  return (
    <section className={styles.panel} aria-label={`Step ${steps.nameOf(step.id)}`}>
      <StepHead {...props} />
      {step.path !== undefined && tally === undefined && <IterationCrumbs {...props} path={step.path} />}
      {tally === undefined ? (
        <>
          <StepRelations run={run} step={step} steps={steps} onShow={onShow} />
          <Tabs
            label="What happened in the step"
            className={styles.tabs}
            panelClassName={styles.tabPanel}
            tabs={tabs}
            value={tab}
            onValueChange={onTab}
          />
        </>
      ) : (
        <StepAcross run={run} step={step} steps={steps} known={props.known} tally={tally} onPlace={onPlace} />
      )}
    </section>
  );
}

function StepHead({ run, step, steps, tally, isFlowThere, onRerun }: StepPanelProps) {
  const isOver = isTerminal(run.status);
  const line = steps.isContainer(step.id)
    ? containerLine(run, step, steps)
    : attemptsLine(step, { tries: steps.triesOf(step.id) });
  // A run begins again with the loop, and takes over what stands of its iterations.
  const beginning = steps.loopsAround(step.id)[0] ?? step.id;
  return (
    <div className={styles.stepHead}>
      <Icon name={steps.iconOf(step.id)} />
      <h2 title={steps.nameOf(step.id)}>{steps.nameOf(step.id)}</h2>
      <code className="faint">{step.id}</code>
      {tally === undefined && <StatusChip status={roleStatus(step, isOver, steps)} />}
      {tally === undefined && <span className={styles.line}>{line}</span>}
      <span className="bar push">
        {isOver && isFlowThere && steps.beginnings.includes(beginning) && (
          <Button small icon="retry" onClick={() => onRerun(beginning)}>
            {beginning === step.id ? 'Rerun from here…' : 'Rerun from the loop…'}
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
  const place = step.path === undefined ? '' : `${step.path.replaceAll(/\W+/g, '-')}`;
  const file = (what: string): string => `${run.id}-${place}${step.id}-${what}`;
  const journal: PanelTab = {
    value: 'journal',
    label: 'Journal',
    panel: <StepJournal run={run} stepId={step.id} path={step.path ?? ''} steps={steps} />,
  };
  if (steps.isLoop(step.id)) return loopTabs(props, journal, file);
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
  if (steps.isLoop(step.id)) return '';
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

/** A loop is its iterations; the list it went through is its input. */
function loopTabs(props: StepPanelProps, journal: PanelTab, file: (what: string) => string): PanelTab[] {
  const { run, step, steps, path, onPath, onPlace, onTab } = props;
  const around = [...steps.loopsAround(step.id), step.id];
  const refs = refsOf(pathWithin(path, around));
  const chosen = refs.length === around.length ? (refs.at(-1)?.index ?? null) : null;
  const failures = failuresOf(step);
  const isDone = step.status === 'succeeded' || step.status === 'compensated' || step.status === 'compensating';
  const iterations: PanelTab = {
    value: 'iterations',
    label: 'Iterations',
    ...(step.loop === undefined ? {} : { count: step.loop.total }),
    panel:
      step.loop === undefined ? (
        <p className={styles.idle}>
          {step.error?.message ?? idleWords(step, isTerminal(run.status), steps.undoesOf(step.id) !== null)}
        </p>
      ) : (
        <LoopIterations run={run} step={step} steps={steps} chosen={chosen} onPath={onPath} onPlace={onPlace} />
      ),
  };
  const choose = (index: number): void => {
    onTab('iterations');
    onPath(joinPath(step.path ?? '', iterationText({ stepId: step.id, index })));
  };
  const failed: PanelTab = {
    value: 'failures',
    label: 'Failed',
    count: failures.length,
    panel: <LoopFailures failures={failures} onChoose={choose} />,
  };
  const absent = step.error?.message ?? 'None: it has not completed.';
  const output = (
    <StoredValue title="Output" value={isDone ? step.output : undefined} absent={absent} fileName={file('output')} />
  );
  return [
    iterations,
    ...(failures.length > 0 ? [failed] : []),
    { value: 'output', label: 'Output', panel: output },
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
