/**
 * The flows of the storm: sagas of five calls to the ledger, drawn in the ways in which undoing differs. Each says which
 * effects stand at its end, so that a run is judged by what was drawn and not by what the engine believes. Refuses
 * anything random: what happens at a step is in `scripts.ts`.
 */
import type { FlowDocument, FlowEdge, FlowSettings, FlowStep } from '@/core/flow/document';
import type { RunStatus } from '@/core/run/types';

/** How a saga ends and what it leaves in the world, when one step (or none) is refused for good. */
export interface Ending {
  readonly status: RunStatus;
  /** Steps of the way forward whose effect stands. */
  readonly standing: readonly string[];
}

export interface Shape {
  readonly name: string;
  /** Calls of the way forward that may be refused for good. */
  readonly steps: readonly string[];
  /** Calls in the order in which they must happen, path by path. */
  readonly paths: readonly (readonly string[])[];
  /** Calls that nothing undoes. */
  readonly lasting: readonly string[];
  readonly document: (ledgerUrl: string) => FlowDocument;
  /** The lane of a saga: its runs go one after the other. */
  readonly laneOf?: (n: number) => string;
  /** Most runs at the same time. */
  readonly concurrency?: number;
  /** Where in the drawing a call is made that is not a step of its own. */
  readonly placeOf?: (step: string) => { readonly path: string; readonly stepId: string };
  /** @param refused the step that the ledger refuses under its first key; null for none */
  readonly endingWith: (refused: string | null) => Ending;
}

/** Type of the event that sagas publish, and that the driver publishes by itself. */
export const doneType = 'saga.done';
export const noteType = 'note.posted';

/** Short, so that a storm of minutes sees every end of an attempt. */
const attemptTimeoutMs = 1_500;
export const attemptsPerStep = 6;
const retry = { attempts: attemptsPerStep, initialMs: 50, maxMs: 400 } as const;

type Rest = Partial<FlowStep> & { readonly onUnknown?: 'block' };

const five = ['s1', 's2', 's3', 's4', 's5'];

/** Builds the document of one shape: every call posts to an address that names saga, step and direction. */
class Drawing {
  readonly steps: FlowStep[] = [];
  readonly edges: FlowEdge[] = [];

  constructor(
    private readonly name: string,
    private readonly ledgerUrl: string,
  ) {
    this.steps.push({ id: 'hook', kind: 'trigger.webhook', config: { path: name } });
  }

  /** @param address under which the ledger knows it */
  call(id: string, { onUnknown, ...rest }: Rest = {}, address = id): this {
    this.post(id, `${address}/forward`, { ...rest, onUnknown });
    return this;
  }

  /** A call with the call that undoes it. */
  undoable(id: string, rest: Rest = {}, address = id): this {
    this.call(id, rest, address);
    this.post(`u${id}`, `${address}/compensate`, rest.in === undefined ? {} : { in: rest.in });
    this.edges.push({ from: id, port: 'compensate', to: `u${id}` });
    return this;
  }

  other(step: FlowStep): this {
    this.steps.push(step);
    return this;
  }

  /** Wires `a → b → c`; `a.error → b` leaves by another port. */
  wire(...paths: readonly string[]): this {
    for (const path of paths) {
      const ids = path.split(' → ');
      ids.slice(1).forEach((to, index) => {
        const [from = '', port] = (ids[index] ?? '').split('.');
        this.edges.push({ from, to, ...(port === undefined ? {} : { port }) });
      });
    }
    return this;
  }

  done(settings?: FlowSettings): FlowDocument {
    const { steps, edges } = this;
    return { headrace: 1, name: `Saga ${this.name}`, steps, edges, ...(settings === undefined ? {} : { settings }) };
  }

  private post(id: string, address: string, { onUnknown, ...rest }: Rest): void {
    this.steps.push({
      id,
      kind: 'http.request',
      ...rest,
      retry,
      timeoutMs: attemptTimeoutMs,
      config: {
        method: 'POST',
        url: `${this.ledgerUrl}/${this.name}/{{ event.data.body.n }}/${address}`,
        body: { saga: '{{ event.data.body.n }}', step: address.split('/')[0] ?? id },
        ...(onUnknown === undefined ? {} : { onUnknown }),
      },
    });
  }
}

/** All or nothing: a refusal undoes whatever was done, and where nothing was done the run has just failed. */
const undoesAll =
  (steps: readonly string[]): Shape['endingWith'] =>
  (refused) => {
    if (refused === null) return { status: 'succeeded', standing: steps };
    return { status: refused === steps[0] ? 'failed' : 'compensated', standing: [] };
  };

//   hook → s1 → s2 → s3 → s4 → s5                every one of them undone by us…
const line: Shape = {
  name: 'line',
  steps: five,
  paths: [five],
  lasting: [],
  document: (url) => {
    const drawing = new Drawing('line', url);
    for (const id of five) drawing.undoable(id);
    return drawing.wire('hook → s1 → s2 → s3 → s4 → s5').done();
  },
  endingWith: undoesAll(five),
};

//   the same, but the outcome of s2 and s4 must be known before anything is tried again
const careful: Shape = {
  name: 'careful',
  steps: five,
  paths: [five],
  lasting: [],
  document: (url) => {
    const drawing = new Drawing('careful', url);
    for (const id of five) drawing.undoable(id, id === 's2' || id === 's4' ? { onUnknown: 'block' } : {});
    return drawing.wire('hook → s1 → s2 → s3 → s4 → s5').done();
  },
  endingWith: undoesAll(five),
};

//   hook → s1 → s2 → s3 (pivot) → s4 → s5        s1 and s2 can be undone; past s3 it can only go forward
const pivot: Shape = {
  name: 'pivot',
  steps: five,
  paths: [five],
  lasting: ['s3', 's4', 's5'],
  document: (url) =>
    new Drawing('pivot', url)
      .undoable('s1')
      .undoable('s2')
      .call('s3', { pivot: true })
      .call('s4')
      .call('s5')
      .wire('hook → s1 → s2 → s3 → s4 → s5')
      .done(),
  endingWith: (refused) =>
    // Past the pivot a person tries again, under a new key, which the ledger takes.
    undoesAll(five)(refused === 's4' || refused === 's5' ? null : refused),
};

//   hook → s1 ─→ s2 → s3 ─→ s5
//             └→ s4 ──────┘
const parallel: Shape = {
  name: 'parallel',
  steps: five,
  paths: [
    ['s1', 's2', 's3', 's5'],
    ['s1', 's4', 's5'],
  ],
  lasting: [],
  document: (url) => {
    const drawing = new Drawing('parallel', url);
    for (const id of five) drawing.undoable(id);
    return drawing.wire('hook → s1 → s2 → s3 → s5', 's1 → s4 → s5').done();
  },
  endingWith: undoesAll(five),
};

//   hook → s1 → box[ s2 → s3 ] → s4 → s5
//                 └ error → instead
const caught: Shape = {
  name: 'caught',
  steps: five,
  paths: [five, ['s1', 'instead']],
  lasting: ['instead'],
  document: (url) =>
    new Drawing('caught', url)
      .undoable('s1')
      .other({ id: 'box', kind: 'saga.scope' })
      .undoable('s2', { in: 'box' })
      .undoable('s3', { in: 'box' })
      .undoable('s4')
      .undoable('s5')
      .call('instead')
      .wire('hook → s1 → box → s4 → s5', 's2 → s3', 'box.error → instead')
      .done(),
  endingWith: (refused) =>
    refused === 's2' || refused === 's3'
      ? { status: 'succeeded', standing: ['s1', 'instead'] }
      : undoesAll(five)(refused),
};

//   hook → s1 → outer[ s2 → inner[ s3 → s4 ] ] → s5
const nested: Shape = {
  name: 'nested',
  steps: five,
  paths: [five],
  lasting: [],
  document: (url) =>
    new Drawing('nested', url)
      .undoable('s1')
      .other({ id: 'outer', kind: 'saga.scope' })
      .undoable('s2', { in: 'outer' })
      .other({ id: 'inner', kind: 'saga.scope', in: 'outer' })
      .undoable('s3', { in: 'inner' })
      .undoable('s4', { in: 'inner' })
      .undoable('s5')
      .wire('hook → s1 → outer → s5', 's2 → inner', 's3 → s4')
      .done(),
  endingWith: undoesAll(five),
};

//   hook → s1 → s2 → tell → s3 → s4 → s5         tell publishes an event, which a flow of its own answers
const publishing: Shape = {
  name: 'publishing',
  steps: five,
  paths: [five],
  lasting: [],
  document: (url) => {
    const drawing = new Drawing('publishing', url);
    for (const id of five) drawing.undoable(id);
    return drawing
      .other({
        id: 'tell',
        kind: 'event.publish',
        config: { type: doneType, subject: 'saga', data: { n: '{{ event.data.body.n }}' } },
      })
      .wire('hook → s1 → s2 → tell → s3 → s4 → s5')
      .done();
  },
  endingWith: undoesAll(five),
};

//   hook → s1 → each⟦ one ⟧ → s5                  one for each of s2, s3 and s4, undone by uone
const loop: Shape = {
  name: 'loop',
  steps: five,
  paths: [five],
  lasting: [],
  placeOf: (step) =>
    step === 's1' || step === 's5'
      ? { path: '', stepId: step }
      : { path: `each[${Number(step.slice(1)) - 2}]`, stepId: 'one' },
  document: (url) =>
    new Drawing('loop', url)
      .undoable('s1')
      .other({ id: 'each', kind: 'logic.forEach', config: { items: ['s2', 's3', 's4'] } })
      .undoable('one', { in: 'each' }, '{{ item }}')
      .undoable('s5')
      .wire('hook → s1 → each → s5')
      .done(),
  endingWith: undoesAll(five),
};

/** Few enough that sagas stand in line, enough that the line of a long storm ends with it. */
const lanes = 6;
const atOnce = 4;

//   the line, one after the other in each lane
const ordered: Shape = {
  ...line,
  name: 'ordered',
  laneOf: (n) => String(n % lanes),
  document: (url) => {
    const drawing = new Drawing('ordered', url);
    for (const id of five) drawing.undoable(id);
    return drawing.wire('hook → s1 → s2 → s3 → s4 → s5').done({ lane: { key: `{{ event.data.body.n % ${lanes} }}` } });
  },
};

//   the line, a few at the same time
const limited: Shape = {
  ...line,
  name: 'limited',
  concurrency: atOnce,
  document: (url) => {
    const drawing = new Drawing('limited', url);
    for (const id of five) drawing.undoable(id);
    return drawing.wire('hook → s1 → s2 → s3 → s4 → s5').done({ concurrency: atOnce });
  },
};

export const shapes: readonly Shape[] = [
  line,
  careful,
  pivot,
  parallel,
  caught,
  nested,
  publishing,
  loop,
  ordered,
  limited,
];

/** Answers every event of the storm with one call. */
export const receiptFlow = (ledgerUrl: string): FlowDocument => ({
  headrace: 1,
  name: 'Receipt',
  steps: [
    { id: 'heard', kind: 'trigger.event', config: { types: [doneType, noteType] } },
    {
      id: 'r1',
      kind: 'http.request',
      retry,
      timeoutMs: attemptTimeoutMs,
      config: {
        method: 'POST',
        url: `${ledgerUrl}/receipt/{{ event.data.n }}/r1/forward`,
        body: { saga: '{{ event.data.n }}', step: 'r1' },
      },
    },
  ],
  edges: [{ from: 'heard', to: 'r1' }],
});
