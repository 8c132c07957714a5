'use client';

/** The fields of a rerun: where it begins, which version it executes, what its event says. */
import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '@/components/trpc/provider';
import { Field } from '@/components/ui/field';
import { Textarea } from '@/components/ui/input';
import { SegmentedControl } from '@/components/ui/segmented-control';
import { type Option, Select } from '@/components/ui/select';
import type { AgainForm } from './again-form';
import { previewDataMax } from './again-form';
import { versionChoice } from './run-again';
import { versionWords } from './run-columns';
import type { DrawnSteps } from './run-context';
import styles from './run-operations.module.css';
import type { RunView } from './types';

export interface AgainFieldsProps {
  readonly run: RunView;
  /** Of the version that would be executed. */
  readonly steps: DrawnSteps;
  readonly from: string | null;
  readonly onFrom: (stepId: string | null) => void;
  readonly liveVersion: number | null | undefined;
  readonly form: AgainForm;
}

/** No step has this id. */
const theStart = '';

export function AgainFields({ run, steps, from, onFrom, liveVersion, form }: AgainFieldsProps) {
  const starts: Option<string>[] = [
    { value: theStart, label: 'The start', hint: 'Everything is executed again' },
    ...steps.beginnings.map((id) => ({ value: id, label: steps.nameOf(id), hint: id, icon: steps.iconOf(id) })),
  ];
  return (
    <div className={styles.againFields}>
      <Field label="Begin at">
        <Select
          options={starts}
          value={from ?? theStart}
          onValueChange={(value) => onFrom(value === theStart ? null : value)}
        />
      </Field>
      <Field label="Version">
        <Select
          options={useVersionOptions(run, liveVersion)}
          value={String(form.version)}
          onValueChange={(value) => form.setVersion(versionChoice(value))}
        />
      </Field>
      <div className={styles.data}>
        <SegmentedControl
          label="Data of the event"
          options={[
            { value: 'same', label: 'The same event' },
            { value: 'edited', label: 'Other data' },
          ]}
          value={form.isEdited ? 'edited' : 'same'}
          onValueChange={(value) => form.setEdited(value === 'edited')}
        />
        {form.isEdited && (
          <Field
            label="Data"
            aside="JSON"
            error={form.fault ?? undefined}
            hint={
              form.text.length > previewDataMax
                ? 'What event.data will be. It is long, so the preview is made without it.'
                : 'What event.data will be. It begins with what this run was given.'
            }
          >
            <Textarea code rows={10} value={form.text} onValueChange={form.setText} spellCheck={false} />
          </Field>
        )}
      </div>
    </div>
  );
}

/** That of the run, the live one, and every other that was published. */
function useVersionOptions(run: RunView, liveVersion: number | null | undefined): Option<string>[] {
  const trpc = useTRPC();
  const versions = useQuery(trpc.flows.versions.queryOptions({ flowId: run.flowId }));
  const isLive = run.version !== null && run.version === liveVersion;
  const others = (versions.data?.items ?? []).filter(({ version, live }) => version !== run.version && !live);
  return [
    {
      value: 'same',
      label: `The same, ${versionWords(run)}`,
      hint: isLive ? 'It is live' : 'As this run was executed',
    },
    ...(liveVersion == null || isLive
      ? []
      : [{ value: 'live', label: `Live, v${liveVersion}`, hint: 'What runs of today execute' }]),
    ...others.map(({ version, note }) => ({
      value: String(version),
      label: `v${version}`,
      ...(note === null || note === '' ? {} : { hint: note }),
    })),
  ];
}
