/**
 * The place of a run in its flow's lanes, reckoned from the event that starts it and from nothing else, so that it is
 * known where the run is created and travels with its insert. Refuses to stop whoever creates runs: a key that cannot be
 * computed becomes a fault that fails the one run it belongs to.
 */
import { isHeadraceError } from '@/core/errors';
import { type CompiledTemplate, compileTemplate, type EvaluationClock, evaluateTemplate } from '@/core/expression';
import type { FlowDocument } from '@/core/flow/document';
import { isPlainObject, type JsonObject, type JsonValue } from '@/core/json';

/** Names that the key of a lane can see: what it is must stand when the event is accepted. */
export const laneRoots: readonly string[] = ['event'];

/** What a version says about how its runs share their time, as written. */
export interface LaneSettings {
  readonly laneKey: string | null;
  readonly concurrency: number | null;
}

/** {@link LaneSettings}, ready to be applied to events. */
export interface LaneRule {
  /** Evaluated with `event` alone; null orders nothing. */
  readonly key: CompiledTemplate | null;
  /** Most runs of the flow at the same time; null for no limit. */
  readonly concurrency: number | null;
}

/** What one run takes with it. */
export interface RunLane {
  /** Runs with equal text go one after the other; null: in no order. */
  readonly key: string | null;
  readonly concurrency: number | null;
  /** Why the key could not be computed. Such a run stands in no lane; it fails when it starts. */
  readonly fault: string | null;
}

export const laneSettings = ({ settings }: Pick<FlowDocument, 'settings'>): LaneSettings => ({
  laneKey: settings?.lane?.key ?? null,
  concurrency: settings?.concurrency ?? null,
});

/** @returns null when the settings ask for neither order nor a limit */
export function compileLane({ laneKey, concurrency }: LaneSettings): LaneRule | null {
  if (laneKey === null && concurrency === null) return null;
  return { key: laneKey === null ? null : compileTemplate(laneKey).template, concurrency };
}

/**
 * @param rule null for a flow without lanes
 * @param event the CloudEvent as the run will see it
 * @returns null when the run stands in no lane: no rule, or a key that is nothing and no limit
 */
export function laneOf(rule: LaneRule | null, event: JsonObject, clock: EvaluationClock): RunLane | null {
  if (rule === null) return null;
  const { concurrency } = rule;
  try {
    const key = rule.key === null ? null : laneKey(evaluateTemplate(rule.key, { event }, clock));
    return key === null && concurrency === null ? null : { key, concurrency, fault: null };
  } catch (error) {
    if (!isHeadraceError(error) || error.kind === 'bug') throw error;
    return { key: null, concurrency: null, fault: error.message };
  }
}

/** A value as the text by which lanes are told apart: 7 and "7" are one lane, so are objects with the same members. */
function laneKey(value: JsonValue | undefined): string | null {
  if (value === undefined || value === null || value === '') return null;
  const text = typeof value === 'object' ? JSON.stringify(sorted(value)) : String(value);
  // What no column of text can hold is escaped as JSON does it.
  return /[\p{Cc}\p{Cs}]/u.test(text) ? JSON.stringify(text) : text;
}

function sorted(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isPlainObject(value)) return value;
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, sorted(member)]));
}
