/**
 * Draws flows at random for tests: scopes and loops inside each other, errors caught, compensations, pivots, steps that find
 * out about others. Refuses randomness of its own: the same draws give the same flow.
 */
import type { FlowDocument, FlowEdge, FlowStep } from '@/core/flow/document';
import { hasErrors, validate } from '@/core/flow/validate';

export type Draw = () => number;
export const pick = <T>(draw: Draw, list: readonly T[]): T => list[Math.floor(draw() * list.length)] as T;

/**
 * Up to three levels of scopes; every wire leads from an earlier step to a later one of the same scope.
 * @param loops share of the containers that are loops
 */
function randomDocument(draw: Draw, loops: number): FlowDocument {
  const steps: FlowStep[] = [{ id: 'm', kind: 'trigger.manual' }];
  const edges: FlowEdge[] = [];
  let count = 0;
  const name = (prefix: string): string => {
    count += 1;
    return `${prefix}${count}`;
  };
  /** A step that finds out about another. */
  const look = (inside: { in?: string }): string => {
    const id = name('f');
    const config = { method: 'GET', url: 'https://example.com' };
    steps.push({ id, ...inside, kind: 'http.request', config, retry: { attempts: 2, jitter: 'none' } });
    return id;
  };
  const fill = (around: string | undefined, depth: number): void => {
    const inside = around === undefined ? {} : { in: around };
    const placed: string[] = around === undefined ? ['m'] : [];
    for (let left = 1 + Math.floor(draw() * 5); left > 0; left -= 1) {
      const isScope = depth < 2 && draw() < 0.25;
      const isPivot = !isScope && draw() < 0.06;
      const isLoop = isScope && draw() < loops;
      const id = name(isLoop ? 'l' : isScope ? 's' : 'h');
      steps.push({
        id,
        ...inside,
        ...(isLoop
          ? { kind: 'logic.forEach', config: { items: [] } }
          : isScope
            ? { kind: 'saga.scope' }
            : {
                kind: 'http.request',
                config: {
                  method: 'POST',
                  url: 'https://example.com',
                  ...(draw() < 0.1 ? { effect: 'once' } : {}),
                  ...(draw() < 0.1 ? { onUnknown: { reconcile: look(inside) } } : {}),
                },
                retry: { attempts: 1 + Math.floor(draw() * 2), jitter: 'none' as const },
              }),
        ...(isPivot ? { pivot: true } : {}),
        ...(draw() < 0.05 ? { disabled: true } : {}),
        ...(draw() < 0.1 ? { join: 'any' as const } : {}),
      });
      const sources = placed.filter(() => draw() < 0.5).slice(-3);
      if (sources.length === 0 && placed.length > 0 && (around === undefined || draw() < 0.7)) {
        sources.push(pick(draw, placed));
      }
      for (const from of sources)
        edges.push({ from, to: id, ...(from !== 'm' && draw() < 0.12 ? { port: 'error' } : {}) });
      if (draw() < 0.6) {
        const undo = name('u');
        steps.push({
          id: undo,
          ...inside,
          kind: 'http.request',
          config: { method: 'POST', url: 'https://example.com' },
          retry: { attempts: 2, jitter: 'none' },
        });
        edges.push({ from: id, to: undo, port: 'compensate' });
      }
      placed.push(id);
      if (isScope) fill(id, depth + 1);
    }
  };
  fill(undefined, 0);
  const settings = draw() < 0.2 ? { settings: { timeoutMs: 1 + Math.floor(draw() * 4000) } } : {};
  return { headrace: 1, name: 'Random', steps, edges, ...settings };
}

/** A document that may be published. */
export function validDocument(draw: Draw, loops = 0): FlowDocument {
  for (;;) {
    const document = randomDocument(draw, loops);
    if (!hasErrors(validate(document))) return document;
  }
}
