'use client';

import { manifestOf } from '@/components/canvas/catalogue';
/**
 * What happens when nobody can say whether a call took effect: try again, ask a person, or let another step find out.
 * Refuses steps that take part in the flow: one that finds out stands by itself, in the same scope.
 */
import { drawnGraph, goesForward, scopeOf } from '@/components/canvas/scopes';
import { useEditor } from '@/components/canvas/store/editor-context';
import { Select } from '@/components/ui/select';
import { type FlowDocument, type FlowStep, labelOf } from '@/core/flow/document';
import { isPlainObject, type JsonValue } from '@/core/json';
import type { FieldManifest } from '@/core/steps/contract';

export interface UnknownOutcomeWidgetProps {
  step: FlowStep;
  field: FieldManifest;
  value: JsonValue | undefined;
  onChange: (value: JsonValue | undefined) => void;
}

const usual = '';
const findOut = 'reconcile';

/** The step that is named, or null when none is. */
const finderIn = (value: JsonValue | undefined): string | null =>
  isPlainObject(value) && typeof value.reconcile === 'string' ? value.reconcile : null;

/** Steps that could find out about this one: of the same scope, without wires, and about no other. */
export function possibleFinders(document: FlowDocument, stepId: string): FlowStep[] {
  const drawn = drawnGraph(document);
  const wired = new Set(document.edges.flatMap(({ from, to }) => [from, to]));
  return document.steps.filter((other) => {
    const manifest = manifestOf(other.kind);
    const isCall = manifest?.isTrigger === false && manifest.isContainer !== true;
    const isFree = goesForward(drawn, other.id) || drawn.graph.reconciles.get(other.id) === stepId;
    const isBeside = scopeOf(document, other.id) === scopeOf(document, stepId);
    return other.id !== stepId && isCall && isFree && isBeside && !wired.has(other.id);
  });
}

export function UnknownOutcomeWidget({ step, field, value, onChange }: UnknownOutcomeWidgetProps) {
  const document = useEditor((state) => state.document);
  const finder = finderIn(value);
  const finders = possibleFinders(document, step.id);
  const named = finder !== null && !finders.some(({ id }) => id === finder) ? [{ id: finder }] : [];
  const options = [
    ...(field.options ?? []).map(({ value: option, label, help }) => ({ value: option, label, hint: help })),
    {
      value: findOut,
      label: 'Find out',
      hint:
        finders.length + named.length > 0
          ? 'Another step asks the other system.'
          : 'Add a request without wires beside this one first; it asks the other system.',
      disabled: finders.length + named.length === 0,
    },
    { value: usual, label: 'Usual', hint: 'Not set: the default holds.' },
  ];
  const choose = (next: string) =>
    onChange(next === usual ? undefined : next === findOut ? { reconcile: finders[0]?.id ?? finder ?? '' } : next);
  return (
    <>
      <Select
        aria-label={field.label}
        options={options}
        value={finder === null ? (typeof value === 'string' ? value : usual) : findOut}
        onValueChange={choose}
      />
      {finder !== null && (
        <>
          <Select
            aria-label="Step that finds out"
            options={[...finders, ...named].map((other) => ({ value: other.id, label: labelOf(other) }))}
            value={finder}
            onValueChange={(id) => onChange({ reconcile: id })}
          />
          <p className="hint">
            It can ask by the key of the call: <code>{`steps.${step.id}.error.details.idempotencyKey`}</code>. Refused,
            the call did not happen and is tried again.
          </p>
        </>
      )}
    </>
  );
}
