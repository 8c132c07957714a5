'use client';

import { setRetry, setTiming } from '@/components/canvas/store/commands/field-commands';
/** How often and how long a step is tried again, with the picture of what that means in time. */
import { useEditorStore } from '@/components/canvas/store/editor-context';
import { Select } from '@/components/ui/select';
import type { FlowStep } from '@/core/flow/document';
import { limits } from '@/core/limits';
import type { StepManifest } from '@/core/steps/contract';
import { durationText } from './duration-text';
import { type FieldFault, FieldShell } from './field-shell';
import { defaultRetry, describeRetry, planRetry, resolvedRetry } from './retry-plan';
import { DurationWidget, WholeNumberWidget } from './widgets/small-widgets';

const jitters = [
  { value: 'full', label: 'full', hint: 'Anything up to the wait, so that many runs do not return at once.' },
  { value: 'none', label: 'none', hint: 'Exactly the wait.' },
] as const;
const backoffs = [
  { value: 'exponential', label: 'exponential', hint: 'Each wait twice the one before.' },
  { value: 'fixed', label: 'fixed', hint: 'Always the first wait.' },
] as const;

export interface RetryBlockProps {
  step: FlowStep;
  accepts: StepManifest['accepts'];
  faultsOf: (pointer: string) => readonly FieldFault[];
}

export function RetryBlock({ step, accepts, faultsOf }: RetryBlockProps) {
  const { run } = useEditorStore().getState();
  const policy = resolvedRetry(step.retry);
  const hasTiming = accepts.has('timeoutMs') || accepts.has('deadlineMs');
  if (!accepts.has('retry') && !hasTiming) {
    return null;
  }
  return (
    <section className="retry" aria-label="Retry and time limits">
      {accepts.has('retry') && (
        <>
          <div className="group">
            Retry <span className="push faint">{describeRetry(policy)}</span>
          </div>
          <div className="policy">
            <FieldShell label="Attempts" faults={faultsOf('/retry/attempts')}>
              {() => (
                <WholeNumberWidget
                  label="Attempts"
                  min={1}
                  max={100}
                  value={step.retry?.attempts}
                  placeholder={String(defaultRetry.attempts)}
                  onChange={(attempts) => run(setRetry(step.id, 'attempts', attempts))}
                />
              )}
            </FieldShell>
            <FieldShell label="First" faults={faultsOf('/retry/initialMs')}>
              {(ids) => (
                <DurationWidget
                  ids={ids}
                  value={step.retry?.initialMs}
                  placeholderMs={defaultRetry.initialMs}
                  onChange={(ms) => run(setRetry(step.id, 'initialMs', ms))}
                />
              )}
            </FieldShell>
            <FieldShell label="Longest" faults={faultsOf('/retry/maxMs')}>
              {(ids) => (
                <DurationWidget
                  ids={ids}
                  value={step.retry?.maxMs}
                  placeholderMs={defaultRetry.maxMs}
                  onChange={(ms) => run(setRetry(step.id, 'maxMs', ms))}
                />
              )}
            </FieldShell>
            <FieldShell label="Jitter">
              {() => (
                <Select
                  aria-label="Jitter"
                  options={jitters}
                  value={policy.jitter}
                  onValueChange={(jitter) => run(setRetry(step.id, 'jitter', jitter))}
                />
              )}
            </FieldShell>
          </div>
          <Waits step={step} />
        </>
      )}
      <div className="two even">
        {accepts.has('retry') && (
          <FieldShell label="Waits grow">
            {() => (
              <Select
                aria-label="Waits grow"
                options={backoffs}
                value={policy.backoff}
                onValueChange={(backoff) => run(setRetry(step.id, 'backoff', backoff))}
              />
            )}
          </FieldShell>
        )}
        {accepts.has('timeoutMs') && (
          <FieldShell label="Give up an attempt after" faults={faultsOf('/timeoutMs')}>
            {(ids) => (
              <DurationWidget
                ids={ids}
                value={step.timeoutMs}
                placeholderMs={limits.attemptTimeoutMs}
                onChange={(ms) => run(setTiming(step.id, 'timeoutMs', ms))}
              />
            )}
          </FieldShell>
        )}
        {accepts.has('deadlineMs') && (
          <FieldShell label="Give up the step after" hint="Over all attempts." faults={faultsOf('/deadlineMs')}>
            {(ids) => (
              <DurationWidget
                ids={ids}
                value={step.deadlineMs}
                placeholder="never"
                onChange={(ms) => run(setTiming(step.id, 'deadlineMs', ms))}
              />
            )}
          </FieldShell>
        )}
      </div>
    </section>
  );
}

const picture = { width: 316, left: 4, right: 308, top: 12, height: 8 } as const;
/** A wait narrower than this could not be told from its two marks. */
const narrowest = 14;

/** Marks for the attempts, bars for the longest waits between them. */
function Waits({ step }: { step: FlowStep }) {
  const policy = resolvedRetry(step.retry);
  const { waitsMs, isCut } = planRetry(policy);
  if (waitsMs.length === 0) {
    return <p className="hint">A failure of the first attempt is the failure of the step.</p>;
  }
  const room = picture.right - picture.left - waitsMs.length * narrowest;
  const sum = waitsMs.reduce((total, wait) => total + wait, 0) || 1;
  let x: number = picture.left;
  const bars = waitsMs.map((wait) => {
    const width = narrowest + Math.max(0, room) * (wait / sum);
    const bar = { x, width, wait };
    x += width;
    return bar;
  });
  const marks = [...bars.map((bar) => bar.x), x];
  const widest = bars.reduce((best, bar) => (bar.width > best.width ? bar : best));
  const label = `Attempts at 0, then after waits of up to ${waitsMs.map(durationText).join(', ')}`;
  return (
    <svg className="waits" viewBox={`0 0 ${picture.width} 46`} role="img" aria-label={label}>
      {bars.map((bar) => (
        <rect key={bar.x} className="bound" x={bar.x + 1} y={picture.top} width={bar.width - 2} height={picture.height}>
          <title>up to {durationText(bar.wait)}</title>
        </rect>
      ))}
      {marks.map((at, n) => (
        <g key={at}>
          <rect className="go" x={at - 1} y={7} width={2} height={18} />
          <text x={at} y={40} textAnchor="middle">
            {isCut && n === marks.length - 1 ? '…' : n + 1}
          </text>
        </g>
      ))}
      {widest.width > 90 && (
        <text x={widest.x + widest.width / 2} y={40} textAnchor="middle">
          {policy.backoff}
        </text>
      )}
    </svg>
  );
}
