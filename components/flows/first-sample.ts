/**
 * The body to try a flow with before anybody has typed one: that of the example it came from, as long as its trigger is
 * still the one the example was made for. Refuses to guess for other flows.
 */
import type { FlowDocument } from '@/core/flow/document';
import { flowExamples } from '@/core/flow/examples';

/** @returns JSON text */
export function firstSample(document: FlowDocument): string {
  for (const { samples } of flowExamples) {
    for (const sample of samples) {
      const step = document.steps.find(({ id }) => id === sample.stepId);
      const fits =
        step !== undefined &&
        (sample.type === 'webhook'
          ? step.kind === 'trigger.webhook' && step.config?.path === sample.path
          : step.kind === `trigger.${sample.type}`);
      if (fits) {
        return JSON.stringify(sample.type === 'webhook' ? sample.body : sample.data, null, 2);
      }
    }
  }
  return '{}';
}
