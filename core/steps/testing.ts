/** A context for executors in tests, and the two readings of a config. */
import type { JsonObject, JsonValue } from '@/core/json';
import type { PlanContext, StepManifest } from '@/core/steps/contract';
import { asWritten } from '@/core/steps/templated';
import { zodFaults } from '@/core/zod-faults';

/** `written` is the resolved config unless said otherwise; `values` answers for lazy fields by pointer. */
export const planContext = (
  config: JsonObject,
  rest: Partial<PlanContext> = {},
  values: Readonly<Record<string, JsonValue>> = {},
): PlanContext => ({
  stepId: 'a',
  flowId: 'f-1',
  workspaceSlug: 'main',
  input: { from: 'before' },
  config,
  written: config,
  eventData: null,
  idempotencyKey: 'key-1',
  timeoutMs: 30_000,
  deadlineMs: null,
  nowMs: Date.UTC(2026, 0, 1),
  evaluate: async (pointer) => {
    if (!Object.hasOwn(values, pointer)) {
      throw new Error(`${pointer} was not expected to be evaluated`);
    }
    return values[pointer];
  },
  ...rest,
});

/** `code pointer` of every fault of a config as a person wrote it. */
export function configFaults(manifest: StepManifest, config: JsonObject): string[] {
  const parsed = manifest.config(asWritten).safeParse(config);
  const faults = [...(parsed.success ? [] : zodFaults(parsed.error, config)), ...(manifest.check?.(config) ?? [])];
  return faults.map(({ code, pointer }) => `${code} ${pointer}`);
}
