import { describe, expect, it } from 'vitest';
import type { FlowDocument } from '@/core/flow/document';
import { type Command, type Selection, selectSteps } from './command';
import { copyText, duplicateSelection, paste, readCopied } from './commands/clipboard-commands';
import {
  renameStep,
  replaceDocument,
  setField,
  setFlowName,
  setName,
  setNote,
  setRetry,
  setSetting,
  setSwitchCases,
  setTiming,
  toggleDisabled,
} from './commands/field-commands';
import {
  addStep,
  connect,
  deleteSelection,
  disconnect,
  insertExisting,
  insertStep,
  moveSteps,
  reconnect,
} from './commands/graph-commands';
import { createEditorStore } from './editor-store';
import { drawn, stepsOf, wiresOf } from './testing';

const open = (document: FlowDocument, selection?: Selection) => {
  let nowMs = 0;
  const store = createEditorStore(document, () => nowMs);
  if (selection) {
    store.getState().select(selection);
  }
  return {
    store,
    wait: (ms: number) => {
      nowMs += ms;
    },
    run: (command: Command) => {
      store.getState().run(command);
      return store.getState().document;
    },
    document: () => store.getState().document,
  };
};

// hook → a → pick ─large→ b → c
//                 └else─→ d
const flow = drawn(`
  hook -> a -> pick -[large]-> b -> c
  pick -[else]-> d
`);

const commands: [string, Command, Selection?][] = [
  ['adding a step alone', addStep({ kind: 'http.request', at: { x: 5, y: 5 } })],
  ['adding a connected step', addStep({ kind: 'http.request', after: { stepId: 'c', port: 'out' } })],
  ['inserting a step', insertStep('data.transform', 'hook.out>a')],
  ['connecting', connect({ from: 'd', to: 'c' })],
  ['reconnecting', reconnect('pick.else>d', { from: 'pick', port: 'else', to: 'c' })],
  ['disconnecting', disconnect(['b.out>c'])],
  ['moving', moveSteps(new Map([['a', { x: 300, y: 40 }]]))],
  ['deleting', deleteSelection(), selectSteps('a', 'd')],
  ['duplicating', duplicateSelection(), selectSteps('b', 'c')],
  ['pasting', paste(drawn('x -> y'))],
  ['editing a field', setField('a', 'output', { total: 1 })],
  ['removing a field', setField('a', 'output', undefined)],
  ['naming', setName('a', 'Add it up')],
  ['noting', setNote('a', 'why')],
  ['editing retry', setRetry('a', 'attempts', 7)],
  ['limiting time', setTiming('a', 'timeoutMs', 1000)],
  ['disabling', toggleDisabled(['a', 'b'])],
  ['renaming', renameStep('b', 'charge')],
  ['editing cases', setSwitchCases('pick', 'cases', [{ port: 'huge', when: '{{ true }}' }])],
  ['renaming the flow', setFlowName('Other')],
  ['editing settings', setSetting('tags', { order: '{{ event.subject }}' })],
  ['taking another document', replaceDocument('import', drawn('hook -> z'))],
];

describe('undo', () => {
  it.each(commands)('gives the identical document back after %s, and redo the changed one', (_, command, selection) => {
    const { store, run, document } = open(flow, selection);
    const changed = run(command);
    expect(changed).not.toEqual(flow);
    store.getState().undo();
    expect(document()).toBe(flow);
    store.getState().redo();
    expect(document()).toBe(changed);
  });

  it('takes back all commands in reverse order and then nothing more', () => {
    const { store, run, document } = open(flow, selectSteps('a', 'd'));
    for (const [, command] of commands) {
      run(command);
    }
    for (let n = 0; n < commands.length + 3; n += 1) {
      store.getState().undo();
    }
    expect(document()).toBe(flow);
  });

  it('brings back what was selected', () => {
    const { store, run } = open(flow, selectSteps('a'));
    run(deleteSelection());
    expect(store.getState().selection.steps).toEqual([]);
    store.getState().undo();
    expect(store.getState().selection.steps).toEqual(['a']);
  });

  it('forgets the way forward once something else is done', () => {
    const { store, run } = open(flow);
    run(setName('a', 'One'));
    store.getState().undo();
    run(setName('b', 'Two'));
    expect(store.getState().future).toEqual([]);
  });

  it('takes back typing in one field as one step, a pause or another field ends it', () => {
    const { store, run, wait, document } = open(flow);
    run(setName('a', 'A'));
    run(setName('a', 'Ad'));
    run(setName('a', 'Add'));
    run(setName('b', 'Bee'));
    wait(10_000);
    run(setName('b', 'Beetle'));
    expect(store.getState().past).toHaveLength(3);
    store.getState().undo();
    store.getState().undo();
    expect(document().steps.find((step) => step.id === 'a')?.name).toBe('Add');
    store.getState().undo();
    expect(document()).toBe(flow);
  });

  it('does not remember commands that changed nothing', () => {
    const { store, run } = open(flow);
    run(connect({ from: 'c', to: 'a' }));
    run(setField('a', 'output', '{{ event.data.a }}'));
    run(setField('a', 'missing', undefined));
    run(moveSteps(new Map([['a', { x: 0, y: 100 }]])));
    run(toggleDisabled([]));
    run(setFlowName('  '));
    expect(store.getState().past).toEqual([]);
  });
});

describe('adding', () => {
  it('wires the new step to the port it was pulled from and puts it below', () => {
    const { run, store } = open(drawn('hook'));
    const document = run(addStep({ kind: 'http.request', after: { stepId: 'hook', port: 'out' } }));
    expect(wiresOf(document)).toEqual(['hook.out>request']);
    expect(document.canvas?.steps?.request).toEqual({ x: 0, y: 100 });
    expect(store.getState().selection.steps).toEqual(['request']);
  });

  it('does not cover another step', () => {
    const { run } = open(drawn('hook -> a'));
    const document = run(addStep({ kind: 'http.request', after: { stepId: 'hook', port: 'out' } }));
    expect(document.canvas?.steps?.request?.x).toBeGreaterThan(236);
  });

  it('numbers ids that are taken and avoids reserved names', () => {
    const { run } = open(drawn('hook'));
    run(addStep({ kind: 'data.transform' }));
    run(addStep({ kind: 'data.transform' }));
    expect(stepsOf(run(addStep({ kind: 'trigger.event' })))).toEqual([
      'hook',
      'transform',
      'transform2',
      'eventTrigger',
    ]);
  });

  it('inserts between two steps and moves what follows down', () => {
    // hook → a → b, then hook → transform → a → b
    const { run } = open(drawn('hook -> a -> b'));
    const document = run(insertStep('data.transform', 'hook.out>a'));
    expect(wiresOf(document)).toEqual(['a.out>b', 'hook.out>transform', 'transform.out>a']);
    expect(document.canvas?.steps).toMatchObject({ transform: { y: 100 }, a: { y: 200 }, b: { y: 300 } });
  });

  it('keeps the case of a switch on the first half of a split wire', () => {
    const { run } = open(flow);
    expect(wiresOf(run(insertStep('data.transform', 'pick.large>b')))).toContain('pick.large>transform');
  });

  it('leads nowhere behind a step that has no outlet', () => {
    const { run } = open(drawn('hook -> a'));
    expect(wiresOf(run(insertStep('logic.fail', 'hook.out>a')))).toEqual(['hook.out>fail']);
  });

  it('splits a wire with a step that was dropped on it, unless that step is wired already', () => {
    const loose = drawn('hook -> a\nb');
    expect(wiresOf(open(loose).run(insertExisting('b', 'hook.out>a', { x: 0, y: 50 })))).toEqual([
      'b.out>a',
      'hook.out>b',
    ]);
    const wired = drawn('hook -> a -> b');
    expect(wiresOf(open(wired).run(insertExisting('b', 'hook.out>a', { x: 0, y: 50 })))).toEqual(wiresOf(wired));
  });
});

describe('wires', () => {
  it.each([
    ['a loop', { from: 'c', to: 'a' }],
    ['a wire to itself', { from: 'a', to: 'a' }],
    ['a wire into a trigger', { from: 'a', to: 'hook' }],
    ['a wire that exists', { from: 'hook', to: 'a' }],
    ['a port that the step does not have', { from: 'a', port: 'huge', to: 'd' }],
    ['a step that does not exist', { from: 'a', to: 'nobody' }],
  ])('refuses %s', (_, edge) => {
    expect(open(flow).run(connect(edge))).toBe(flow);
  });
});

describe('deleting', () => {
  it('closes the gap where a step had one way in and one way out', () => {
    expect(wiresOf(open(flow, selectSteps('a')).run(deleteSelection()))).toContain('hook.out>pick');
    expect(wiresOf(open(flow, selectSteps('b')).run(deleteSelection()))).toContain('pick.large>c');
  });

  it('closes the gap of several steps in a row', () => {
    const document = open(drawn('hook -> a -> b -> c'), selectSteps('a', 'b')).run(deleteSelection());
    expect(wiresOf(document)).toEqual(['hook.out>c']);
    expect(document.canvas?.steps).not.toHaveProperty('a');
  });

  it('leaves the gap open where several ways met', () => {
    const document = open(flow, selectSteps('pick')).run(deleteSelection());
    expect(wiresOf(document)).toEqual(['b.out>c', 'hook.out>a']);
  });

  it('removes a selected wire alone', () => {
    const document = open(flow, { steps: [], edges: ['b.out>c'] }).run(deleteSelection());
    expect(stepsOf(document)).toEqual(stepsOf(flow));
    expect(wiresOf(document)).not.toContain('b.out>c');
  });
});

describe('renaming a step', () => {
  it('takes wires, place, expressions and selection along', () => {
    const { run, store } = open(flow, selectSteps('b'));
    run(setField('c', 'output', '{{ steps.b.output.total }} of {{ event.data.b }}'));
    const document = run(renameStep('b', 'charge'));
    expect(wiresOf(document)).toContain('charge.out>c');
    expect(document.steps.find((step) => step.id === 'c')?.config?.output).toBe(
      '{{ steps.charge.output.total }} of {{ event.data.b }}',
    );
    expect(document.canvas?.steps).toHaveProperty('charge');
    expect(store.getState().selection.steps).toEqual(['charge']);
  });
});

describe('the cases of a switch', () => {
  it('keep their wire when they are renamed', () => {
    const document = open(flow).run(setSwitchCases('pick', 'cases', [{ port: 'huge', when: '{{ true }}' }]));
    expect(wiresOf(document)).toContain('pick.huge>b');
  });

  it('lose their wire when they are removed, and else keeps its own', () => {
    const document = open(flow).run(setSwitchCases('pick', 'cases', []));
    expect(wiresOf(document)).toEqual(['a.out>pick', 'b.out>c', 'hook.out>a', 'pick.else>d']);
  });

  it('keep their own wires when they change places', () => {
    const two = [
      { port: 'large', when: '{{ 1 }}' },
      { port: 'small', when: '{{ 2 }}' },
    ];
    const { run } = open(flow);
    run(setSwitchCases('pick', 'cases', two));
    run(connect({ from: 'pick', port: 'small', to: 'd' }));
    const document = run(setSwitchCases('pick', 'cases', [...two].reverse()));
    expect(wiresOf(document)).toEqual(expect.arrayContaining(['pick.large>b', 'pick.small>d']));
  });
});

describe('the clipboard', () => {
  it('pastes copies under free ids, wired among themselves, their expressions following', () => {
    const { run, store } = open(flow);
    run(setField('c', 'output', '{{ steps.b.output }}'));
    store.getState().select(selectSteps('b', 'c'));
    const document = run(duplicateSelection());
    expect(store.getState().selection.steps).toEqual(['b2', 'c2']);
    expect(wiresOf(document)).toContain('b2.out>c2');
    expect(document.steps.find((step) => step.id === 'c2')?.config?.output).toBe('{{ steps.b2.output }}');
  });

  it('reads back what it wrote and refuses anything else', () => {
    const text = copyText(flow, selectSteps('a'));
    expect(stepsOf(readCopied(text ?? '') as FlowDocument)).toEqual(['a']);
    expect(readCopied('hello')).toBeNull();
    expect(readCopied('{"steps": 1}')).toBeNull();
    expect(copyText(flow, selectSteps())).toBeNull();
  });
});
