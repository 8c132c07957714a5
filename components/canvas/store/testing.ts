/**
 * Flows for tests, written as they are drawn: `hook -> a -> b`, a port in brackets, one chain per line. Refuses to be
 * part of the product: tests alone import it.
 */
import type { FlowDocument, FlowEdge } from '@/core/flow/document';
import { edgeKey } from './command';

const kindOf = (id: string): string => {
  if (id.startsWith('hook')) {
    return 'trigger.webhook';
  }
  if (id.startsWith('fail')) {
    return 'logic.fail';
  }
  return id.startsWith('pick') ? 'logic.switch' : 'data.transform';
};

/**
 * @param drawing lines such as `hook -> pick -[large]-> a`; `hook…` is a webhook, `pick…` a switch with the case
 *   `large`, `fail…` a fail step, everything else a transform
 */
export function drawn(drawing: string): FlowDocument {
  const ids: string[] = [];
  const edges: FlowEdge[] = [];
  for (const line of drawing.trim().split('\n')) {
    const [first = '', ...rest] = line.trim().split(/\s+/);
    ids.push(first);
    let from = first;
    for (let at = 0; at + 1 < rest.length; at += 2) {
      const port = /^-\[(\w+)\]->$/.exec(rest[at] as string)?.[1];
      const to = rest[at + 1] as string;
      edges.push(port === undefined ? { from, to } : { from, to, port });
      ids.push(to);
      from = to;
    }
  }
  const unique = [...new Set(ids)];
  return {
    headrace: 1,
    name: 'Drawn',
    steps: unique.map((id) => ({ id, kind: kindOf(id), config: configOf(id) })),
    edges,
    canvas: { steps: Object.fromEntries(unique.map((id, at) => [id, { x: 0, y: at * 100 }])) },
  };
}

function configOf(id: string): Record<string, string | { port: string; when: string }[]> {
  if (id.startsWith('pick')) {
    return { cases: [{ port: 'large', when: '{{ event.data.total > 100 }}' }] };
  }
  return id.startsWith('hook') ? { path: id } : { output: `{{ event.data.${id} }}` };
}

/** The wires of a document, sorted, in the notation of {@link edgeKey}. */
export const wiresOf = (document: FlowDocument): string[] => document.edges.map(edgeKey).sort();
export const stepsOf = (document: FlowDocument): string[] => document.steps.map((step) => step.id);
