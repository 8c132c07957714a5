/**
 * One attempt of one step, up to the point where the world is touched: resolves its configuration, asks its executor
 * for a plan, and turns faults of either into failed attempts. Refuses I/O; what the plan asks for is done by the
 * interpreter after the intent is durable.
 */
import { errorCodes, isHeadraceError } from '@/core/errors';
import { type ExpressionFrame, evaluateTemplate, seededRandom } from '@/core/expression';
import type { CompiledFlow, CompiledStep } from '@/core/flow/compiled-flow';
import type { JsonObject, JsonValue } from '@/core/json';
import { nextAttemptNumber } from '@/core/run/attempts';
import { generationOf } from '@/core/run/generation';
import { errorReaching, inputOf } from '@/core/run/graph-state';
import { addressOf, iterationText, joinPath, noPath, splitPath } from '@/core/run/iteration-path';
import { type Place, placeAt } from '@/core/run/places';
import type { RunState, StepState } from '@/core/run/types';
import type { StepError, StepPlan } from '@/core/steps/contract';
import type { LoadedRun } from '@/server/repositories/run-store';

/** What every expression of a run can see, apart from its steps. */
export interface RunFrame {
  readonly event: JsonObject;
  readonly run: JsonObject;
  readonly vars: JsonObject;
}

export interface PlannedAttempt {
  readonly step: CompiledStep;
  /** The iteration it is in; empty for none. */
  readonly path: string;
  /** Step and path as one text. */
  readonly address: string;
  readonly startedAtMs: number;
  /** Resolved config: what the step received. */
  readonly input: JsonObject;
  readonly idempotencyKey: string;
  readonly timeoutMs: number;
  readonly plan: StepPlan;
}

export interface PlanningContext {
  readonly loaded: LoadedRun;
  /** Of the run itself. */
  readonly flow: CompiledFlow;
  /** Of the run itself. */
  readonly state: RunState;
  readonly frame: RunFrame;
  readonly nowMs: number;
}

/**
 * The idempotency key: origin run, iteration path and step, direction and generation. The same on every
 * attempt, so that the other side can recognise a repetition. The generation rises when a person tries again what had
 * certainly failed; a retry of a whole run keeps it for steps whose outcome is unknown.
 * @param state of the place the step is in
 */
export function idempotencyKeyOf({ row }: LoadedRun, state: RunState, step: CompiledStep, path = noPath): string {
  const generation = generationOf(state, step.id, row.generation);
  return `${row.originRunId}:${addressOf(path, step.id)}:${step.undoes === null ? 'forward' : 'compensate'}:${generation}`;
}

/** Time of one attempt: what the step allows, and no longer than its deadline over all attempts leaves. */
function attemptTimeMs(step: CompiledStep, state: RunState, nowMs: number): number {
  if (step.deadlineMs === null) return step.timeoutMs;
  const leftMs = (state.steps[step.id]?.startedAtMs ?? nowMs) + step.deadlineMs - nowMs;
  return Math.max(1, Math.min(step.timeoutMs, leftMs));
}

/** Outputs and errors of the steps so far, as expressions read them: those of the places around come first. */
function stepsFrame(places: readonly Place[]): JsonObject {
  const frame: JsonObject = {};
  for (const { state } of places) {
    for (const step of Object.values(state.steps)) {
      if (step.output !== undefined || step.error !== null) {
        frame[step.id] = {
          ...(step.output === undefined ? {} : { output: step.output }),
          ...(step.error === null ? {} : { error: errorOf(step, step.error) }),
        };
      }
    }
  }
  return frame;
}

/** The place of a path and those around it, from the outside in. */
function placesTo({ state, flow }: Pick<PlanningContext, 'state' | 'flow'>, path: string): Place[] {
  const places: Place[] = [{ path: noPath, state, flow }];
  let walked = noPath;
  for (let split = splitPath(path); split !== null; split = splitPath(split.rest)) {
    walked = joinPath(walked, iterationText(split.head));
    const place = placeAt(state, flow, walked);
    if (place !== null) places.push(place);
  }
  return places;
}

/** Inside a loop its item and the place of the item; of loops inside each other those of the innermost. */
function itemFrame(path: string, { state }: Place): { readonly item?: JsonValue; readonly index?: number } {
  const index = /\[(\d+)\]$/.exec(path)?.[1];
  return index === undefined ? {} : { item: state.eventData, index: Number(index) };
}

/** While the outcome is unknown, whoever finds out asks the other side by the key that the attempt carried. */
function errorOf(step: StepState, error: StepError): JsonObject {
  const key = step.status === 'unknown' ? (step.attempts.at(-1)?.idempotencyKey ?? null) : null;
  return key === null ? asJson(error) : asJson({ ...error, details: { ...error.details, idempotencyKey: key } });
}

const asJson = (error: StepError): JsonObject => ({
  code: error.code,
  message: error.message,
  isRetryable: error.isRetryable,
  ...(error.details === undefined ? {} : { details: error.details }),
});

/** A thrown value as the error of a step. Anything unexpected is ours and says so. */
export function asStepError(error: unknown): StepError {
  if (!isHeadraceError(error)) {
    return { code: 'internal.bug', message: 'The step hit a fault of ours. It was logged.', isRetryable: false };
  }
  return { code: error.code, message: error.message, isRetryable: errorCodes[error.code].kind === 'transient' };
}

/**
 * Resolves and plans the next attempt of a ready step. Never throws: a fault becomes a failing plan.
 * @param path the iteration the step is in; it is under way
 */
export async function planAttempt(context: PlanningContext, path: string, step: CompiledStep): Promise<PlannedAttempt> {
  const { loaded, frame, nowMs } = context;
  const places = placesTo(context, path);
  const place = places.at(-1) as Place;
  const { state, flow } = place;
  const address = addressOf(path, step.id);
  const attempt = nextAttemptNumber(state.steps[step.id]);
  const idempotencyKey = idempotencyKeyOf(loaded, state, step, path);
  const timeoutMs = attemptTimeMs(step, state, nowMs);
  // Fixed per attempt and derived from what is journalled, so that a reader of the journal can repeat it.
  const seed = `${loaded.row.id}:${address}:${attempt}`;
  const clock = { nowMs, random: seededRandom(seed) };
  const reaching = errorAround(places, step);
  const expressionFrame: ExpressionFrame = {
    ...frame,
    steps: stepsFrame(places),
    ...itemFrame(path, place),
    ...(reaching === null ? {} : { error: asJson(reaching) }),
  };
  const base = { step, path, address, startedAtMs: nowMs, idempotencyKey, timeoutMs };
  let input: JsonObject = {};
  try {
    if (step.isDisabled) {
      const plan: StepPlan = { type: 'complete', output: null, port: 'out' };
      return { ...base, input, plan };
    }
    input = ((await evaluateTemplate(step.config, expressionFrame, clock)) ?? {}) as JsonObject;
    if (step.executor === null) throw new Error(`the kind ${step.kind} has no executor`);
    const plan = await step.executor.plan({
      stepId: step.id,
      flowId: loaded.row.flowId,
      workspaceSlug: loaded.row.workspaceSlug,
      input: inputOf(state, flow, step),
      config: input,
      written: step.step.config ?? {},
      eventData: loaded.event.event.data ?? null,
      idempotencyKey,
      timeoutMs,
      deadlineMs: step.deadlineMs,
      nowMs,
      evaluate: (pointer) => evaluateLazy(step, pointer, expressionFrame, clock),
    });
    return { ...base, input, plan };
  } catch (error) {
    return { ...base, input, plan: { type: 'fail', error: asStepError(error) } };
  }
}

/** The error a step can read: the nearest one on its way, else on the way of the loop it is in. */
function errorAround(places: readonly Place[], step: CompiledStep): StepError | null {
  let at: CompiledStep | undefined = step;
  for (let depth = places.length - 1; depth >= 0 && at !== undefined; depth -= 1) {
    const place = places[depth] as Place;
    const found = errorReaching(place.state, place.flow, at);
    if (found !== null) return found;
    const loop = splitPath(place.path.split('/').at(-1) ?? noPath)?.head.stepId;
    at = loop === undefined ? undefined : places[depth - 1]?.flow.steps.get(loop);
  }
  return null;
}

async function evaluateLazy(
  step: CompiledStep,
  pointer: string,
  frame: ExpressionFrame,
  clock: { readonly nowMs: number; readonly random: () => number },
): Promise<JsonValue | undefined> {
  const template = step.lazy.get(pointer);
  return template === undefined ? undefined : evaluateTemplate(template, frame, clock);
}
