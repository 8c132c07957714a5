import { describe, expect, it } from 'vitest';
import { neighboursOf } from './run-order';

const order = { ids: ['c', 'b', 'a'], nextCursor: 'more' };

describe('the runs beside a run', () => {
  it('are one row up and one row down in its list', () => {
    expect(neighboursOf(order, 'b')).toEqual({ newer: 'c', older: 'a', needsMore: false });
  });

  it('end at the top, and at the bottom only when nothing is behind it', () => {
    expect(neighboursOf(order, 'c')).toMatchObject({ newer: null, older: 'b' });
    expect(neighboursOf(order, 'a')).toEqual({ newer: 'b', older: null, needsMore: true });
    expect(neighboursOf({ ...order, nextCursor: null }, 'a')?.needsMore).toBe(false);
  });

  it('are not known for a run of another list', () => {
    expect(neighboursOf(order, 'z')).toBeNull();
  });
});
