'use client';

/**
 * One field of a step's config, drawn from its manifest: the right widget, its label, what is wrong with it. A new
 * widget type is one case here. Refuses to know any step kind.
 */
import { useMemo, useState } from 'react';
import { setField, setSwitchCases } from '@/components/canvas/store/commands/field-commands';
import { useEditorStore } from '@/components/canvas/store/editor-context';
import { Switch } from '@/components/ui/toggles';
import { hasExpression } from '@/core/expression';
import type { FlowStep } from '@/core/flow/document';
import { isPlainObject, type JsonObject, type JsonValue } from '@/core/json';
import type { FieldManifest } from '@/core/steps/contract';
import { type ControlIds, type FieldFault, FieldShell } from './field-shell';
import { useInspector, WithSample } from './inspector-context';
import { frameOfCandidate } from './sample-frame';
import { TemplateInput } from './template-input';
import { CasesWidget } from './widgets/cases-widget';
import { FlowWidget } from './widgets/flow-widget';
import { bestMode, type JsonMode, JsonWidget, modesOf } from './widgets/json-widget';
import { RowsWidget } from './widgets/rows-widget';
import { CronWidget, TimeZoneWidget } from './widgets/schedule-widgets';
import { SchemaWidget } from './widgets/schema-widget';
import { ChoiceWidget, DurationWidget, WholeNumberWidget, WordsWidget } from './widgets/small-widgets';
import { SourceWidget } from './widgets/source-widget';
import { TemplatedDuration } from './widgets/templated-duration';
import { UnknownOutcomeWidget } from './widgets/unknown-outcome-widget';
import { VerificationWidget } from './widgets/verification-widget';

export interface FieldEditorProps {
  step: FlowStep;
  field: FieldManifest;
  faults: readonly FieldFault[];
}

export function FieldEditor(props: FieldEditorProps) {
  return props.field.expressionRoots === undefined ? <PlainField {...props} /> : <CandidateField {...props} />;
}

/** A field that reads what the step waits for. */
function CandidateField(props: FieldEditorProps) {
  const { sample } = useInspector();
  const candidate = useMemo(() => frameOfCandidate(sample, props.step.id), [sample, props.step.id]);
  return (
    <WithSample sample={candidate}>
      <PlainField {...props} />
    </WithSample>
  );
}

function PlainField({ step, field, faults }: FieldEditorProps) {
  const { run } = useEditorStore().getState();
  const value = step.config?.[field.name];
  const set = (next: JsonValue | undefined) => run(setField(step.id, field.name, next));
  const [wished, setMode] = useState<JsonMode>(() => bestMode(value));
  const modes = field.widget === 'json' ? modesOf(value, field.isTemplated) : [];
  const mode = modes.includes(wished) ? wished : 'text';
  const aside = modes.length > 1 && (
    <span className="ways">
      {modes.map((way) => (
        <button
          key={way}
          type="button"
          aria-pressed={way === mode}
          title={ways[way].title}
          onClick={() => setMode(way)}
        >
          {ways[way].label}
        </button>
      ))}
    </span>
  );
  return (
    <FieldShell
      label={field.label}
      required={field.required}
      aside={aside}
      hint={field.help}
      foldsHint
      faults={faults}
      anchor={field.name}
    >
      {(ids) =>
        field.widget === 'json' ? (
          <JsonWidget
            key={mode}
            ids={ids}
            place={`${step.id}.${field.name}`}
            label={field.label}
            value={value}
            onChange={set}
            placeholder={field.placeholder}
            isTemplated={field.isTemplated}
            takesSecret={field.takesSecret}
            mode={mode}
          />
        ) : (
          <Widget ids={ids} step={step} field={field} value={value} onChange={set} />
        )
      }
    </FieldShell>
  );
}

const ways: Record<JsonMode, { label: string; title: string }> = {
  fields: { label: 'fields', title: 'As names and values' },
  text: { label: 'JSON', title: 'As text' },
  expression: { label: 'fx', title: 'As one expression that gives the whole value' },
};

interface WidgetProps {
  ids: ControlIds;
  step: FlowStep;
  field: FieldManifest;
  value: JsonValue | undefined;
  onChange: (value: JsonValue | undefined) => void;
}

function Widget({ ids, step, field, value, onChange }: WidgetProps) {
  const { run } = useEditorStore().getState();
  switch (field.widget) {
    case 'select':
      return <ChoiceWidget field={field} value={value} onChange={onChange} />;
    case 'boolean':
      return (
        <Switch
          aria-label={field.label}
          checked={(value ?? field.defaultValue ?? false) === true}
          onCheckedChange={(next) => onChange(next === (field.defaultValue ?? false) ? undefined : next)}
        />
      );
    case 'durationMs':
      return field.isTemplated ? (
        <TemplatedDuration ids={ids} value={value} placeholder={field.placeholder} onChange={onChange} />
      ) : (
        <DurationWidget ids={ids} value={value} placeholderMs={numberOf(field.defaultValue)} onChange={onChange} />
      );
    case 'number':
      return (
        <WholeNumberWidget
          label={field.label}
          value={value}
          placeholder={field.placeholder ?? placeholderOf(field)}
          onChange={onChange}
        />
      );
    case 'types':
      return <WordsWidget ids={ids} value={value} placeholder={field.placeholder} onChange={onChange} />;
    case 'cron':
      return (
        <CronWidget
          ids={ids}
          value={value}
          timeZone={step.config?.timeZone}
          onChange={onChange}
          placeholder={field.placeholder}
        />
      );
    case 'timeZone':
      return <TimeZoneWidget ids={ids} value={value} onChange={onChange} />;
    case 'unknownOutcome':
      return <UnknownOutcomeWidget step={step} field={field} value={value} onChange={onChange} />;
    case 'verification':
      return <VerificationWidget value={value} onChange={onChange} />;
    case 'switchCases':
      return <CasesWidget value={value} onChange={(cases) => run(setSwitchCases(step.id, field.name, cases))} />;
    case 'keyValue':
      return isPlainObject(value) || value === undefined ? (
        <RowsWidget
          label={field.label}
          takesSecret={field.takesSecret}
          addLabel="Add one"
          value={(value as JsonObject | undefined) ?? {}}
          onChange={(next) => onChange(Object.keys(next).length === 0 ? undefined : next)}
        />
      ) : (
        <TextWidget ids={ids} field={field} value={value} onChange={onChange} />
      );
    case 'schema':
      return (
        <SchemaWidget ids={ids} field={field} place={`${step.id}.${field.name}`} value={value} onChange={onChange} />
      );
    case 'flow':
      return <FlowWidget ids={ids} stepId={step.id} field={field} value={value} onChange={onChange} />;
    case 'source':
      return <SourceWidget ids={ids} label={field.label} step={step} value={value} onChange={onChange} />;
    case 'text':
    case 'longText':
    case 'code':
    case 'status':
    case 'json':
      return <TextWidget ids={ids} field={field} value={value} onChange={onChange} />;
  }
}

function TextWidget({ ids, field, value, onChange }: Omit<WidgetProps, 'step'>) {
  const text = value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
  const change = (next: string) => {
    const isNumber = field.widget === 'status' && /^\d+$/.test(next.trim()) && !hasExpression(next);
    onChange(next === '' ? undefined : isNumber ? Number(next) : next);
  };
  return (
    <TemplateInput
      ids={ids}
      value={text}
      onChange={change}
      placeholder={field.placeholder}
      multiline={field.widget === 'longText' || field.widget === 'code'}
      isTemplated={field.isTemplated}
      isCode={field.widget === 'code'}
    />
  );
}

const numberOf = (value: JsonValue | undefined): number | undefined => (typeof value === 'number' ? value : undefined);
const placeholderOf = (field: FieldManifest): string | undefined =>
  typeof field.defaultValue === 'number' ? String(field.defaultValue) : undefined;
