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
  if (id.startsWith('scope')) {
    return 'saga.scope';
  }
  if (id.startsWith('loop')) {
    return 'logic.forEach';
  }
  if (id.startsWith('call')) {
    return 'http.request';
  }
  return id.startsWith('pick') ? 'logic.switch' : 'data.transform';
};

/**
 * @param drawing lines such as `hook -> pick -[large]-> a`; `hook…` is a webhook, `pick…` a switch with the case
 *   `large`, `fail…` a fail step, `call…` an HTTP request, `scope…` a saga scope, `loop…` a loop, all else a transform
 * @param inside what each scope holds: `{ scope: 'a b' }`
 */
export function drawn(drawing: string, inside: Readonly<Record<string, string>> = {}): FlowDocument {
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
  const held = Object.entries(inside).flatMap(([scope, members]) => [scope, ...members.split(' ')]);
  const unique = [...new Set([...ids, ...held])];
  const around = new Map(
    Object.entries(inside).flatMap(([scope, members]) => members.split(' ').map((id) => [id, scope] as const)),
  );
  return {
    headrace: 1,
    name: 'Drawn',
    steps: unique.map((id) => {
      const step = { id, kind: kindOf(id), config: configOf(id) };
      const scope = around.get(id);
      return scope === undefined ? step : { ...step, in: scope };
    }),
    edges,
    canvas: { steps: Object.fromEntries(unique.map((id, at) => [id, { x: 0, y: at * 100 }])) },
  };
}

function configOf(id: string): Record<string, string | { port: string; when: string }[]> {
  if (id.startsWith('pick')) {
    return { cases: [{ port: 'large', when: '{{ event.data.total > 100 }}' }] };
  }
  if (id.startsWith('scope')) {
    return {};
  }
  if (id.startsWith('loop')) {
    return { items: '{{ event.data.lines }}' };
  }
  return id.startsWith('hook') ? { path: id } : { output: `{{ event.data.${id} }}` };
}

/** The wires of a document, sorted, in the notation of {@link edgeKey}. */
export const wiresOf = (document: FlowDocument): string[] => document.edges.map(edgeKey).sort();
export const stepsOf = (document: FlowDocument): string[] => document.steps.map((step) => step.id);
