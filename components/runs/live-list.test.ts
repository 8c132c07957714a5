import { describe, expect, it } from 'vitest';
import { countNewer, upToAnchor, withoutNewer } from './live-list';
import { run } from './testing';

const row = (id: string, createdAt = '2026-11-22T12:00:00.005Z') => run([], { id, createdAt });
const anchor = { id: 'b', createdAt: '2026-11-22T12:00:00.005Z' };

describe('a list that is held', () => {
  it('asks for runs up to its first row, and no further than the filter allows', () => {
    expect(upToAnchor({ q: 'x' }, anchor)).toEqual({ q: 'x', to: '2026-11-22T12:00:00.006Z' });
    const earlier = { to: '2026-11-22T11:00:00.000Z' };
    expect(upToAnchor(earlier, anchor)).toBe(earlier);
  });

  it('leaves out runs of the same millisecond that came later', () => {
    expect(withoutNewer([row('c'), row('b'), row('a')], anchor).map(({ id }) => id)).toEqual(['b', 'a']);
  });

  it('counts what is new, and knows when it cannot see all of it', () => {
    expect(countNewer([row('d'), row('c'), row('b')], anchor)).toEqual({ count: 2, isAll: true });
    expect(countNewer([row('d'), row('c')], anchor)).toEqual({ count: 2, isAll: false });
    expect(countNewer([], anchor)).toEqual({ count: 0, isAll: false });
  });
});
