import { describe, expect, it } from 'vitest';
import type { FlowDocument } from '@/core/flow/document';
import { validate } from '@/core/flow/validate';
import { placesOf } from '../places';
import { type Command, noSelection, type Selection, selectSteps } from './command';
import { copyText, duplicateSelection, paste, readCopied } from './commands/clipboard-commands';
import { setPivot } from './commands/field-commands';
import { addStep, deleteSelection, insertExisting, insertStep, moveSteps } from './commands/graph-commands';
import {
  dissolveScope,
  dropInto,
  fitRegion,
  lostWires,
  putInto,
  resizeRegion,
  wrapIn,
  wrappable,
} from './commands/scope-commands';
import { refusalOfEdge } from './connect-rules';
import { createEditorStore } from './editor-store';
import { drawn, stepsOf, wiresOf } from './testing';

// hook → ┌ scope ──────────────────┐ → done
//        │ callA → callB           │
//        │   └comp→ undoA          │
//        └─────────────────────────┘
const saga = drawn('hook -> scope -> done\ncallA -> callB\ncallA -[compensate]-> undoA', {
  scope: 'callA callB undoA',
});
const flat = drawn('hook -> callA -> callB -> done\ncallA -[compensate]-> undoA');

const apply = (document: FlowDocument, command: Command, selection: Selection = noSelection): FlowDocument =>
  command.apply(document, selection).document;
const inside = (document: FlowDocument, scope: string): string[] =>
  document.steps.filter((step) => step.in === scope).map(({ id }) => id);
const structureFaults = (document: FlowDocument): string[] =>
  validate(document)
    .map(({ code }) => code)
    .filter((code) => /^(container|edge|compensation)\./.test(code));

const commands: [string, FlowDocument, Command, Selection?][] = [
  ['dropping steps in', saga, dropInto(new Map([['done', { x: 300, y: 300 }]]), ['done'], 'scope')],
  ['dropping steps out', saga, dropInto(new Map([['callB', { x: 900, y: 0 }]]), ['callB'], '')],
  ['putting a step in', saga, putInto(['done'], 'scope')],
  ['taking a step out', saga, putInto(['callB'], '')],
  ['wrapping', flat, wrapIn('saga.scope'), selectSteps('callA', 'callB')],
  ['dissolving', saga, dissolveScope('scope')],
  ['resizing', saga, resizeRegion('scope', { x: -500, y: -500, width: 2000, height: 2000 })],
  ['fitting', apply(saga, moveSteps(new Map([['hook', { x: 0, y: -500 }]]))), fitRegion('scope')],
  ['moving a region', saga, moveSteps(new Map([['scope', { x: 700, y: 0 }]]))],
  ['deleting a region', saga, deleteSelection(), selectSteps('scope')],
  ['duplicating a region', saga, duplicateSelection(), selectSteps('scope')],
  ['setting the pivot', saga, setPivot('callB', true)],
];

describe('undo', () => {
  it.each(commands)('gives the identical document back after %s, in one step', (_, document, command, selection) => {
    const store = createEditorStore(document, () => 0);
    store.getState().select(selection ?? noSelection);
    store.getState().run(command);
    expect(store.getState().document).not.toEqual(document);
    expect(store.getState().past).toHaveLength(1);
    store.getState().undo();
    expect(store.getState().document).toBe(document);
  });

  it.each(commands)(
    'never meets a wire across a border, or a step in nothing, after %s',
    (_, document, command, selection) => {
      expect(structureFaults(apply(document, command, selection))).toEqual([]);
    },
  );
});

describe('a step that goes in or out', () => {
  it('loses the wires that would cross the border, and keeps the others', () => {
    const before = { ...saga, edges: [...saga.edges, { from: 'undoA', to: 'more' }], steps: [...saga.steps] };
    const out = apply(before, dropInto(new Map([['callB', { x: 900, y: 0 }]]), ['callB'], ''));
    expect(inside(out, 'scope')).toEqual(['callA', 'undoA']);
    expect(wiresOf(out)).toContain('callA.compensate>undoA');
    expect(wiresOf(out)).not.toContain('callA.out>callB');
    expect(lostWires(before, out)).toContain('from callA to callB would have crossed the border');
  });

  it('is no trigger, and no scope goes into itself or into what it holds', () => {
    const nested = drawn('hook -> scope', { scope: 'scope2', scope2: 'a' });
    expect(inside(apply(saga, putInto(['hook'], 'scope')), 'scope')).not.toContain('hook');
    expect(apply(nested, putInto(['scope'], 'scope2'))).toBe(nested);
    expect(apply(nested, putInto(['scope'], 'scope'))).toBe(nested);
  });

  it('takes what is inside of it along', () => {
    const nested = drawn('hook -> scope', { scope: 'a', scope2: 'b' });
    const moved = apply(nested, putInto(['scope2'], 'scope'));
    expect(inside(moved, 'scope')).toEqual(['a', 'scope2']);
    expect(inside(moved, 'scope2')).toEqual(['b']);
  });
});

describe('drawing a scope around steps', () => {
  const wrapped = apply(flat, wrapIn('saga.scope'), selectSteps('callA', 'callB'));

  it('takes what undoes them along, and leads the wires through the scope', () => {
    expect(inside(wrapped, 'scope')).toEqual(['callA', 'callB', 'undoA']);
    expect(wiresOf(wrapped)).toEqual(['callA.compensate>undoA', 'callA.out>callB', 'hook.out>scope', 'scope.out>done']);
  });

  it('leaves triggers outside, and does nothing with them alone', () => {
    expect([...wrappable(flat, ['hook', 'callB'])]).toEqual(['callB']);
    expect(apply(flat, wrapIn('saga.scope'), selectSteps('hook'))).toBe(flat);
  });

  it('drops a wire that neither port of the scope stands for, and one that would be a loop', () => {
    const branching = drawn('hook -> pick -[large]-> a\npick -[else]-> b');
    expect(wiresOf(apply(branching, wrapIn('saga.scope'), selectSteps('pick')))).toEqual(['hook.out>scope']);
    const chain = drawn('hook -> a -> b -> c');
    const around = apply(chain, wrapIn('saga.scope'), selectSteps('a', 'c'));
    expect(wiresOf(around)).toEqual(['hook.out>scope', 'scope.out>b'].sort());
  });

  it('makes room for its title and below it', () => {
    const places = placesOf(wrapped);
    const region = places.get('scope');
    const bottom = (region?.y ?? 0) + (region?.height ?? 0);
    expect(region?.y).toBeGreaterThanOrEqual((places.get('hook')?.y ?? 0) + 56);
    expect(places.get('done')?.y).toBeGreaterThan(bottom);
  });

  it('is taken back by dissolving it', () => {
    const dissolved = apply(wrapped, dissolveScope('scope'));
    expect(wiresOf(dissolved)).toEqual(wiresOf(flat));
    expect(stepsOf(dissolved).sort()).toEqual(stepsOf(flat).sort());
    expect(dissolved.steps.every((step) => step.in === undefined)).toBe(true);
  });
});

describe('a loop', () => {
  // hook → ┌ loop ─────────────────────────────┐ → done
  //        │ ┌ scope ───────────────┐ → callC  │
  //        │ │ callA → callB        │          │
  //        │ └──────────────────────┘          │
  //        └───────────────────────────────────┘
  const nested = drawn('hook -> loop -> done\nscope -> callC\ncallA -> callB\ncallA -[compensate]-> undoA', {
    loop: 'scope callC',
    scope: 'callA callB undoA',
  });

  it('is drawn around steps with a list to begin with, and taken back by one undo', () => {
    const store = createEditorStore(flat, () => 0);
    store.getState().select(selectSteps('callA', 'callB'));
    store.getState().run(wrapIn('logic.forEach'));
    const { document } = store.getState();
    const loop = document.steps.find(({ kind }) => kind === 'logic.forEach');
    expect(inside(document, loop?.id ?? '')).toEqual(['callA', 'callB', 'undoA']);
    expect(loop?.config?.items).toBeDefined();
    expect(wiresOf(document)).toContain(`hook.out>${loop?.id}`);
    store.getState().undo();
    expect(store.getState().document).toBe(flat);
  });

  it('goes around a scope, and a scope around it', () => {
    const around = apply(saga, wrapIn('logic.forEach'), selectSteps('scope'));
    const loop = around.steps.find(({ kind }) => kind === 'logic.forEach')?.id ?? '';
    expect(inside(around, loop)).toEqual(['scope']);
    expect(inside(around, 'scope')).toEqual(['callA', 'callB', 'undoA']);
    expect(inside(apply(nested, wrapIn('saga.scope'), selectSteps('loop')), 'scope2')).toEqual(['loop']);
    expect(structureFaults(around)).toEqual([]);
  });

  it('takes steps in and lets them out, with what is inside of them', () => {
    const out = apply(nested, putInto(['scope'], ''));
    expect([inside(out, 'loop'), inside(out, 'scope')]).toEqual([['callC'], ['callA', 'callB', 'undoA']]);
    expect(lostWires(nested, out)).toContain('the border of a loop');
    expect(inside(apply(nested, putInto(['done'], 'loop')), 'loop')).toContain('done');
    expect(apply(nested, putInto(['loop'], 'scope'))).toBe(nested);
  });

  it('is dissolved like a scope', () => {
    const dissolved = apply(nested, dissolveScope('loop'));
    expect(wiresOf(dissolved)).toEqual(expect.arrayContaining(['hook.out>scope', 'callC.out>done']));
    expect(dissolved.steps.some(({ kind }) => kind === 'logic.forEach')).toBe(false);
  });

  it('is never wired across its border, and the refusal says what to do', () => {
    expect(refusalOfEdge(nested, { from: 'callC', to: 'done' })).toBe(
      'A wire cannot cross the border of a loop. Wire the loop itself.',
    );
    expect(refusalOfEdge(nested, { from: 'loop', to: 'callC' })).toContain('begin with every item');
  });
});

describe('a region', () => {
  it('moves with all inside it, at every depth', () => {
    const nested = drawn('hook -> scope', { scope: 'scope2', scope2: 'a' });
    const before = placesOf(nested);
    const region = before.get('scope') ?? { x: 0, y: 0 };
    const after = placesOf(apply(nested, moveSteps(new Map([['scope', { x: region.x + 50, y: region.y + 30 }]]))));
    for (const id of ['scope', 'scope2', 'a']) {
      expect({ x: after.get(id)?.x, y: after.get(id)?.y }).toEqual({
        x: (before.get(id)?.x ?? 0) + 50,
        y: (before.get(id)?.y ?? 0) + 30,
      });
    }
    expect(after.get('hook')).toEqual(before.get('hook'));
  });

  it('never becomes smaller than its steps', () => {
    const small = placesOf(apply(saga, resizeRegion('scope', { x: 0, y: 0, width: 10, height: 10 }))).get('scope');
    const step = placesOf(saga).get('callB');
    expect((small?.y ?? 0) + (small?.height ?? 0)).toBeGreaterThan((step?.y ?? 0) + 56);
  });

  it('is deleted with its steps, and its neighbours are wired to each other', () => {
    const gone = apply(saga, deleteSelection(), selectSteps('scope'));
    expect(stepsOf(gone)).toEqual(['hook', 'done']);
    expect(wiresOf(gone)).toEqual(['hook.out>done']);
    expect(Object.keys(gone.canvas?.steps ?? {}).sort()).toEqual(['done', 'hook']);
  });

  it('is copied with its steps, under ids of their own', () => {
    const copied = apply(saga, duplicateSelection(), selectSteps('scope'));
    expect(inside(copied, 'scope2')).toEqual(
      ['callA2', 'callB2', 'undoA2'].filter((id) => stepsOf(copied).includes(id)),
    );
    expect(inside(copied, 'scope2')).toHaveLength(3);
    expect(wiresOf(copied)).toHaveLength(wiresOf(saga).length + 2);
  });

  it('keeps what is added, inserted, duplicated or pasted in it', () => {
    const after = apply(saga, addStep({ kind: 'data.transform', after: { stepId: 'callB', port: 'out' } }));
    expect(inside(after, 'scope')).toHaveLength(4);
    expect(inside(apply(saga, insertStep('data.transform', 'callA.out>callB')), 'scope')).toHaveLength(4);
    expect(
      inside(apply(saga, addStep({ kind: 'data.transform', at: { x: 0, y: 0 }, into: 'scope' })), 'scope'),
    ).toHaveLength(4);
    expect(inside(apply(saga, addStep({ kind: 'trigger.manual', into: 'scope' })), 'scope')).toHaveLength(3);
    expect(inside(apply(saga, duplicateSelection(), selectSteps('callB')), 'scope')).toHaveLength(4);
    const part = readCopied(copyText(saga, selectSteps('callB')) ?? '');
    expect(part?.steps.map((step) => step.in)).toEqual([undefined]);
    expect(part && inside(apply(saga, paste(part, { at: { x: 0, y: 0 }, into: 'scope' })), 'scope')).toHaveLength(4);
  });

  it('is large enough for a step when it is new, wherever it comes from', () => {
    const commands = [
      addStep({ kind: 'saga.scope', at: { x: 900, y: 0 } }),
      addStep({ kind: 'saga.scope', after: { stepId: 'done', port: 'out' } }),
      insertStep('saga.scope', 'hook.out>scope'),
    ];
    for (const command of commands) {
      const place = placesOf(apply(saga, command)).get('scope2');
      expect(place?.width).toBeGreaterThan(236);
      expect(place?.height).toBeGreaterThan(56 + 40);
    }
  });

  it('takes a loose step in that is dropped on one of its wires', () => {
    const loose = { ...saga, steps: [...saga.steps, { id: 'extra', kind: 'data.transform' }] };
    const inserted = apply(loose, insertExisting('extra', 'callA.out>callB', { x: 0, y: 0 }));
    expect(inside(inserted, 'scope')).toContain('extra');
    expect(wiresOf(inserted)).toContain('extra.out>callB');
  });

  it('grows over nothing: what stands below moves down', () => {
    const placed = apply(
      { ...saga, canvas: { steps: { ...saga.canvas?.steps, ...boxed } } },
      addStep({ kind: 'data.transform', after: { stepId: 'callB', port: 'out' } }),
    );
    const scope = placesOf(placed).get('scope');
    expect(placesOf(placed).get('done')?.y).toBeGreaterThan((scope?.y ?? 0) + (scope?.height ?? 0));
  });
});

const boxed = {
  hook: { x: 0, y: 0 },
  scope: { x: -20, y: 100, width: 640, height: 260 },
  callA: { x: 300, y: 140 },
  undoA: { x: 0, y: 140 },
  callB: { x: 300, y: 240 },
  done: { x: 300, y: 400 },
};

describe('deleting a step that something undoes', () => {
  it('leaves a wire between its neighbours', () => {
    expect(wiresOf(apply(flat, deleteSelection(), selectSteps('callA')))).toEqual(['callB.out>done', 'hook.out>callB']);
  });
});
