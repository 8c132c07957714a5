/**
 * What expressions are previewed against: the data of the last run, or a sample while nothing has run. Refuses to invent
 * outputs of steps: what has never run previews as missing, and says so.
 */
import type { EvaluationClock, ExpressionFrame } from '@/core/expression';
import { seededRandom } from '@/core/expression';
import type { FlowStep } from '@/core/flow/document';
import { isPlainObject, type JsonObject, type JsonValue } from '@/core/json';

export interface SampleData {
  readonly frame: ExpressionFrame;
  /** "from the last run", "from a sample" */
  readonly source: string;
  /** What a webhook of the flow is tried with. */
  readonly body: JsonValue;
}

/** The parts of a run that a preview needs. */
export interface LastRun {
  readonly id: string;
  readonly flowId: string;
  readonly version: number | null;
  readonly startedAt: string | null;
  readonly steps: readonly SampleStep[];
}

/** What one step gave, with the iteration it was in when it is inside a loop. */
export interface SampleStep {
  readonly id: string;
  readonly path?: string | undefined;
  readonly output?: JsonValue;
  readonly error?: unknown;
}

/** What expressions read as `steps`, from steps of one place. */
export const outputsOf = (steps: readonly SampleStep[]): JsonObject =>
  Object.fromEntries(
    steps.map((step): [string, JsonObject] => [
      step.id,
      { output: step.output ?? null, ...(step.error ? { error: step.error as JsonValue } : {}) },
    ]),
  );

/**
 * @param event the CloudEvent that started the run
 * @param sampleBody what to try a webhook with when the run began otherwise
 */
export function frameOfRun(run: LastRun, event: JsonObject, vars: JsonObject, sampleBody: JsonValue): SampleData {
  const steps = outputsOf(run.steps.filter(({ path }) => path === undefined));
  const facts = { id: run.id, flow: run.flowId, version: run.version, startedAt: run.startedAt };
  return { frame: { event, steps, run: facts, vars }, source: 'from the last run', body: bodyOf(event) ?? sampleBody };
}

/**
 * For a field that reads the event a step waits for, and nothing else: the event that ended its wait in that run. Without one
 * there is nothing to read, because the event that started the run is another.
 */
export function frameOfCandidate({ frame, source, body }: SampleData, stepId: string): SampleData {
  const given = frame.steps?.[stepId];
  const event = isPlainObject(given) ? given.output : undefined;
  return isPlainObject(event)
    ? { frame: { event: event as JsonObject }, source, body }
    : { frame: {}, source: 'from a sample', body };
}

const sampleRun = { id: 'sample', flow: 'sample', version: null, startedAt: '2026-01-01T00:00:00.000Z' };

/** Something to preview against before the first run: an event of the kind this trigger makes. */
export function frameOfSample(trigger: FlowStep | undefined, vars: JsonObject, body: JsonValue): SampleData {
  if (trigger?.kind === 'trigger.schedule') return frameOfSchedule(vars);
  const isWebhook = trigger?.kind === 'trigger.webhook';
  const data: JsonValue = isWebhook
    ? { method: 'POST', path: `/${String(trigger?.config?.path ?? '')}`, params: {}, query: {}, headers: {}, body }
    : body;
  const event = { id: 'sample', source: '/sample', type: isWebhook ? 'headrace.webhook.received' : 'sample', data };
  return { frame: { event, steps: {}, run: sampleRun, vars }, source: 'from a sample', body };
}

function frameOfSchedule(vars: JsonObject): SampleData {
  const data = { scheduledAt: sampleRun.startedAt };
  const event = {
    id: data.scheduledAt,
    source: '/sample',
    type: 'headrace.schedule.fired',
    time: data.scheduledAt,
    data,
  };
  return { frame: { event, steps: {}, run: sampleRun, vars }, source: 'from a sample', body: data };
}

const bodyOf = ({ data }: JsonObject): JsonValue | undefined =>
  isPlainObject(data) && typeof data.method === 'string' ? (data.body as JsonValue | undefined) : undefined;

/** Time stands still within one look, chance repeats: a preview must not flicker. */
export const previewClock = (nowMs: number): EvaluationClock => ({ nowMs, random: seededRandom('preview') });
