/**
 * What a step would be called with, as far as the sample data tells: the field when it is written, else what the steps
 * before put out. Refuses to invent: what never ran gives nothing.
 */
import { isHeadraceError } from '@/core/errors';
import { compileTemplate, evaluateTemplate } from '@/core/expression';
import type { FlowDocument, FlowStep } from '@/core/flow/document';
import { isPlainObject, type JsonValue } from '@/core/json';
import { previewClock, type SampleData } from '../sample-frame';

/** @returns undefined when nothing is known */
export function sampleInput(document: FlowDocument, step: FlowStep, { frame }: SampleData): JsonValue | undefined {
  const written = step.config?.input;
  if (written === undefined) return inputBefore(document, step.id, frame);
  const { template, faults } = compileTemplate(written);
  if (faults.length > 0) return undefined;
  try {
    return evaluateTemplate(template, frame, previewClock(0));
  } catch (error) {
    if (!isHeadraceError(error)) throw error;
    return undefined;
  }
}

/** The output of the step before; of several, an object by step id; the event's data behind a trigger. */
function inputBefore(document: FlowDocument, stepId: string, frame: SampleData['frame']): JsonValue | undefined {
  const kinds = new Map(document.steps.map(({ id, kind }) => [id, kind]));
  const event = isPlainObject(frame.event) ? (frame.event.data as JsonValue | undefined) : undefined;
  const outputs = document.edges
    .filter(({ to }) => to === stepId)
    .map(({ from }): [string, JsonValue | undefined] => {
      if (kinds.get(from)?.startsWith('trigger.')) return [from, event];
      const known = frame.steps?.[from];
      return [from, isPlainObject(known) ? (known.output as JsonValue | undefined) : undefined];
    });
  const [only, ...more] = outputs;
  if (only === undefined) return event;
  if (more.length === 0) return only[1];
  return Object.fromEntries(outputs.filter((output): output is [string, JsonValue] => output[1] !== undefined));
}
