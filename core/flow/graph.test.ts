import { describe, expect, it } from 'vitest';
import { ancestorsOf, behindPort, buildGraph, descendantsOf, wouldClose } from '@/core/flow/graph';
import { flow, step, transform, trigger } from '@/core/flow/testing';

const transforms = (...ids: string[]) => ids.map((id) => transform(id));

describe('order', () => {
  //     m
  //    / \
  //   b   a        (b is drawn first)
  //    \ /
  //     c
  it('is topological, and document order among equals', () => {
    const graph = buildGraph(flow([...transforms('c', 'b', 'a'), trigger], ['m → a', 'm → b', 'a → c', 'b → c']));
    expect(graph.order).toEqual(['m', 'b', 'a', 'c']);
  });

  //   m → a → b
  //   c → b
  it('includes steps that no trigger reaches', () => {
    const graph = buildGraph(flow([trigger, ...transforms('a', 'b', 'c')], ['m → a', 'a → b', 'c → b']));
    expect(graph.order).toEqual(['m', 'a', 'c', 'b']);
    expect([...graph.reachable]).toEqual(['m', 'a', 'b']);
  });
});

describe('edges', () => {
  //   m → s ─big──→ a
  //       s ─else─→ b
  it('are found by port going out and by step coming in', () => {
    const cases = { cases: [{ port: 'big', when: '{{ true }}' }] };
    const graph = buildGraph(
      flow([trigger, step('s', 'logic.switch', cases), ...transforms('a', 'b')], ['m → s', 's.big → a', 's.else → b']),
    );
    const ports = [...(graph.nodes.get('s')?.outgoing ?? [])].map(([port, edges]) => [port, edges.map(({ to }) => to)]);
    expect(ports).toEqual([
      ['big', ['a']],
      ['else', ['b']],
    ]);
    expect(graph.nodes.get('b')?.incoming).toEqual([{ from: 's', to: 'b', port: 'else', index: 2 }]);
  });

  //   m → ghost     ghost → m     m → m
  it('from or to nowhere, and to the step itself, are left out', () => {
    const graph = buildGraph(flow([trigger], ['m → ghost', 'ghost → m', 'm → m']));
    expect(graph.nodes.get('m')?.outgoing.size).toBe(0);
    expect(graph.order).toEqual(['m']);
  });
});

describe('cycles', () => {
  //   m → a → b → c → d
  //       ↑_______|
  it('are named along the way, without the steps before and behind', () => {
    const graph = buildGraph(
      flow([trigger, ...transforms('a', 'b', 'c', 'd')], ['m → a', 'a → b', 'b → c', 'c → a', 'c → d']),
    );
    expect(graph.cycles).toEqual([['a', 'b', 'c']]);
    expect(graph.order).toEqual(['m']);
  });

  //   a → b → c → e → a     b → d → a
  it('that share steps are one knot, named by its shortest way', () => {
    const graph = buildGraph(
      flow(transforms('a', 'b', 'c', 'd', 'e'), ['a → b', 'b → c', 'c → e', 'e → a', 'b → d', 'd → a']),
    );
    expect(graph.cycles).toEqual([['a', 'b', 'd']]);
  });

  //   a ⇄ b → c ⇄ d
  it('that do not are all found', () => {
    const graph = buildGraph(flow(transforms('a', 'b', 'c', 'd'), ['a → b', 'b → a', 'b → c', 'c → d', 'd → c']));
    expect(graph.cycles).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
  });

  //   m → a → b
  it('would be closed by an edge back to what came before', () => {
    const graph = buildGraph(flow([trigger, ...transforms('a', 'b')], ['m → a', 'a → b']));
    expect(wouldClose(graph, 'b', 'a')).toBe(true);
    expect(wouldClose(graph, 'a', 'a')).toBe(true);
    expect(wouldClose(graph, 'm', 'b')).toBe(false);
  });
});

describe('ancestors and descendants', () => {
  //   m → a ─out───→ b
  //         ─error─→ c → d
  const graph = buildGraph(
    flow([trigger, ...transforms('a', 'b', 'c', 'd')], ['m → a', 'a → b', 'a.error → c', 'c → d']),
  );

  it('of a step are everything on a way to it', () => {
    expect([...ancestorsOf(graph, 'd')].toSorted()).toEqual(['a', 'c', 'm']);
    expect([...ancestorsOf(graph, 'm')]).toEqual([]);
  });

  it('going down are everything a way leads to, and behind a port what left by it', () => {
    expect([...descendantsOf(graph, 'a')].toSorted()).toEqual(['b', 'c', 'd']);
    expect([...behindPort(graph, 'error')].toSorted()).toEqual(['c', 'd']);
  });
});

//   m → s0 → s1 → … → s997
it('a flow of the largest size is sorted without deep recursion', () => {
  const ids = Array.from({ length: 998 }, (_, index) => `s${index}`);
  const edges = ids.map((id, index) => `${index === 0 ? 'm' : ids[index - 1]} → ${id}`);
  const graph = buildGraph(flow([trigger, ...transforms(...ids)], edges));
  expect(graph.order.at(-1)).toBe('s997');
  expect(ancestorsOf(graph, 's997').size).toBe(998);
});
