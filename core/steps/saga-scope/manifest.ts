/**
 * The saga scope: a region whose completed steps are undone together when one of its steps fails. Refuses config: all it
 * has are the steps inside it and their wires.
 */
import { z } from 'zod';
import type { StepManifest } from '@/core/steps/contract';
import { effectPorts } from '@/core/steps/ports';

export const manifest: StepManifest = {
  kind: 'saga.scope',
  group: 'decide',
  label: 'Saga scope',
  icon: 'saga',
  description: 'Steps that succeed together, or are undone together.',
  isTrigger: false,
  isContainer: true,
  nature: 'pure',
  config: () => z.strictObject({}),
  fields: [],
  ports: effectPorts,
  accepts: new Set(['disabled', 'join']),
  summary: () => ({ verb: 'saga', rest: '' }),
  example: {},
  output: 'The output of its one end step, or, with several, an object by step id.',
};
