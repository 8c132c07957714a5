/**
 * What the parts of a run page know about a step beyond what happened: how it is drawn. Works without the document, so
 * that a run can be read while it loads or when it cannot be had.
 */
import { iconOf, manifestOf } from '@/components/canvas/catalogue';
import { resolvedRetry } from '@/components/inspector/retry-plan';
import type { IconName } from '@/components/ui/icon';
import { type FlowDocument, type FlowStep, labelOf } from '@/core/flow/document';

export interface DrawnSteps {
  readonly nameOf: (stepId: string) => string;
  readonly iconOf: (stepId: string) => IconName;
  /** Undefined when the document or the step is not there. */
  readonly stepOf: (stepId: string) => FlowStep | undefined;
  /** Tries the step may have; undefined when its kind is not known. */
  readonly triesOf: (stepId: string) => number | undefined;
}

export function drawnSteps(document: FlowDocument | undefined): DrawnSteps {
  const steps = new Map(document?.steps.map((step) => [step.id, step]));
  return {
    stepOf: (stepId) => steps.get(stepId),
    nameOf(stepId) {
      const step = steps.get(stepId);
      return step === undefined ? stepId : labelOf(step);
    },
    iconOf: (stepId) => iconOf(steps.get(stepId)?.kind ?? ''),
    triesOf(stepId) {
      const step = steps.get(stepId);
      const manifest = step && manifestOf(step.kind);
      if (step === undefined || manifest === undefined) return undefined;
      return manifest.accepts.has('retry') ? resolvedRetry(step.retry).attempts : 1;
    },
  };
}
