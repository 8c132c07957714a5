import { describe, expect, it } from 'vitest';
import { type Family, type FamilyRow, familyMove, familyRows, startedByWords } from './family-tree';
import type { ChildRun } from './types';

const run = (runId: string, hasChildren = false): ChildRun => ({
  runId,
  stepId: 'c',
  flowId: 'f',
  flowName: 'Flow',
  version: 1,
  status: 'succeeded',
  createdAt: '2026-01-01T00:00:00.000Z',
  startedAt: null,
  finishedAt: null,
  hasChildren,
});

const family = (
  line: readonly ChildRun[],
  children: Readonly<Record<string, readonly ChildRun[]>>,
  open: readonly string[],
  more: readonly string[] = [],
): Family => ({
  line,
  childrenOf: (id) => {
    const items = children[id];
    return items === undefined ? undefined : { items, hasMore: more.includes(id) };
  },
  isOpen: (id) => open.includes(id),
});

/** `a / b*` per row: indented by depth, the run that is looked at with a star. */
const drawn = (rows: readonly FamilyRow[]): string[] =>
  rows.map(
    (row) =>
      `${'  '.repeat(row.depth)}${row.kind === 'run' ? row.run.runId : `${row.kind} of ${row.ofRunId}`}` +
      `${row.kind === 'run' && row.isSelf ? '*' : ''}`,
  );

describe('the drawing of a family', () => {
  it('leads from the first ancestor to the run, and shows what it started', () => {
    const line = [run('a', true), run('b', true), run('c', true)];
    const rows = familyRows(family(line, { c: [run('d'), run('e', true)] }, ['c']));
    expect(drawn(rows)).toEqual(['a', '  b', '    c*', '      d', '      e']);
    expect(rows.map((row) => (row.kind === 'run' ? row.isOpen : null))).toEqual([false, false, true, null, false]);
  });

  it('shows the others that an ancestor started when it is opened, and never loses the way', () => {
    const line = [run('a', true), run('z')];
    const open = family(line, { a: [run('b'), run('c')] }, ['a'], ['a']);
    expect(drawn(familyRows(open))).toEqual(['a', '  b', '  c', '  z*', '  more of a']);
    const whole = family(line, { a: [run('b'), run('z')] }, ['a']);
    expect(drawn(familyRows(whole))).toEqual(['a', '  b', '  z*']);
  });

  it('says that children are on their way', () => {
    expect(drawn(familyRows(family([run('a', true)], {}, ['a'])))).toEqual(['a*', '  loading of a']);
  });

  it('draws a line where a sibling follows further down', () => {
    const children = { a: [run('b', true), run('c')], b: [run('d')] };
    const rows = familyRows(family([run('a', true)], children, ['a', 'b']));
    expect(rows.map(({ guides, isLast }) => [guides, isLast])).toEqual([
      [[], true],
      [[], false],
      [[true], true],
      [[], true],
    ]);
  });
});

describe('the keys of a family', () => {
  //   a → b → d, a → c
  const rows = familyRows(family([run('a', true)], { a: [run('b', true), run('c', true)], b: [run('d')] }, ['a', 'b']));

  it.each<[string, number, ReturnType<typeof familyMove>]>([
    ['ArrowDown', 0, { to: 1 }],
    ['ArrowDown', 3, null],
    ['ArrowUp', 0, null],
    ['ArrowUp', 2, { to: 1 }],
    ['End', 0, { to: 3 }],
    ['Home', 3, { to: 0 }],
    ['ArrowRight', 1, { to: 2 }],
    ['ArrowRight', 3, { toggle: 'c' }],
    ['ArrowRight', 2, null],
    ['ArrowLeft', 1, { toggle: 'b' }],
    ['ArrowLeft', 2, { to: 1 }],
    ['ArrowLeft', 3, { to: 0 }],
    ['Enter', 0, null],
  ])('%s on row %i', (key, from, move) => {
    expect(familyMove(rows, from, key)).toEqual(move);
  });
});

it('names the step that started a run, and its iteration', () => {
  expect(startedByWords({ stepId: 'charge' })).toBe('charge');
  expect(startedByWords({ stepId: 'charge', path: 'lines[3]' })).toBe('charge in lines[3]');
  expect(startedByWords({})).toBeNull();
});
