/** Whether a flow waits for events anywhere. Known once per compiled version, because every run that ends asks. */
import type { CompiledFlow } from '@/core/flow/compiled-flow';

const known = new WeakMap<CompiledFlow, boolean>();

/** @param flow undefined for a version that cannot be read: then it may */
export function awaitsEvents(flow: CompiledFlow | undefined): boolean {
  if (flow === undefined) return true;
  const answer = known.get(flow);
  if (answer !== undefined) return answer;
  const found = [...flow.steps.values()].some(
    ({ kind, body }) => kind === 'event.wait' || (body !== null && awaitsEvents(body)),
  );
  known.set(flow, found);
  return found;
}
