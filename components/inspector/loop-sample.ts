/**
 * What expressions inside loops are previewed against: the items their lists come to with the data at hand, one of them
 * chosen per loop. Pure. Refuses to make items up: a list that cannot be had leaves `item` missing, and the preview says so.
 */
import { isHeadraceError } from '@/core/errors';
import { compileTemplate, evaluateTemplate } from '@/core/expression';
import { type FlowStep, labelOf } from '@/core/flow/document';
import type { JsonObject, JsonValue } from '@/core/json';
import { iterationText, joinPath, noPath } from '@/core/run/iteration-path';
import { outputsOf, previewClock, type SampleData, type SampleStep } from './sample-frame';

/** A loop around the open step, and which of its items previews read. */
export interface SampleLoop {
  readonly stepId: string;
  readonly name: string;
  readonly index: number;
  /** Null: there is no list yet. */
  readonly total: number | null;
  readonly item: JsonValue | undefined;
}

export interface LoopSample {
  readonly sample: SampleData;
  /** The outermost first. */
  readonly loops: readonly SampleLoop[];
}

/** What the items of a loop come to. @returns undefined when that cannot be told yet, or is nothing */
export function itemsOf({ config }: FlowStep, { frame }: SampleData, nowMs: number): JsonValue | undefined {
  const { template, faults } = compileTemplate(config?.items ?? null);
  if (faults.length > 0) return undefined;
  try {
    return evaluateTemplate(template, frame, previewClock(nowMs));
  } catch (error) {
    if (!isHeadraceError(error)) throw error;
    return undefined;
  }
}

/**
 * @param loops around the step, the outermost first
 * @param chosen index per loop; the first item where none is, the last where there are fewer by now
 * @param stepsIn what the steps of an iteration gave in the last run; none where it had no such iteration
 */
export function sampleInLoops(
  sample: SampleData,
  loops: readonly FlowStep[],
  chosen: ReadonlyMap<string, number>,
  stepsIn: (path: string) => readonly SampleStep[],
  nowMs: number,
): LoopSample {
  let inside = sample;
  let path = noPath;
  const found = loops.map((loop): SampleLoop => {
    const items = itemsOf(loop, inside, nowMs);
    const list = Array.isArray(items) ? items : null;
    const index = Math.max(0, Math.min(chosen.get(loop.id) ?? 0, (list?.length ?? 1) - 1));
    const item = list?.[index];
    path = joinPath(path, iterationText({ stepId: loop.id, index }));
    inside = withItem(inside, item, index, outputsOf(stepsIn(path)));
    return { stepId: loop.id, name: labelOf(loop), index, total: list?.length ?? null, item };
  });
  return { sample: inside, loops: found };
}

function withItem(sample: SampleData, item: JsonValue | undefined, index: number, outputs: JsonObject): SampleData {
  const { item: _, ...outer } = sample.frame;
  const steps = { ...outer.steps, ...outputs };
  return { ...sample, frame: { ...outer, steps, index, ...(item === undefined ? {} : { item }) } };
}
