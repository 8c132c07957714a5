/**
 * Documents for tests, written as short as the drawing above each test. Refuses to be clever: every step is a transform
 * unless said otherwise, and `m` is a manual trigger.
 */
import type { FlowDocument, FlowEdge, FlowStep } from '@/core/flow/document';
import type { JsonObject } from '@/core/json';

export const trigger: FlowStep = { id: 'm', kind: 'trigger.manual' };

/** A transform; `output` may hold expressions. */
export const transform = (id: string, output: JsonObject[string] = null): FlowStep => ({
  id,
  kind: 'data.transform',
  config: { output },
});

export const step = (id: string, kind: string, config?: JsonObject, rest: Partial<FlowStep> = {}): FlowStep => ({
  id,
  kind,
  ...(config === undefined ? {} : { config }),
  ...rest,
});

/** `a → b`, or `a.error → b` for a port other than `out`. */
export function edge(text: string): FlowEdge {
  const [source = '', to = ''] = text.split(' → ');
  const [from = '', port] = source.split('.');
  return { from, to, ...(port === undefined ? {} : { port }) };
}

/** A flow of these steps with the wires `a → b`. */
export const flow = (
  steps: readonly FlowStep[],
  edges: readonly string[] = [],
  rest: Partial<FlowDocument> = {},
): FlowDocument => ({ headrace: 1, name: 'Test', steps: [...steps], edges: edges.map(edge), ...rest });
