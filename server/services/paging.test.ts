import { describe, expect, it } from 'vitest';
import { isHeadraceError } from '@/core/errors';
import { cursorShapes, decodeCursor, encodeCursor, pageFrom } from '@/server/services/paging';

const refusal = (cursor: string, shape = cursorShapes.uuid): unknown => {
  try {
    return decodeCursor('runs', cursor, shape);
  } catch (error) {
    return isHeadraceError(error) ? error.faults[0]?.pointer : error;
  }
};

describe('cursors', () => {
  const id = '0192f7a0-0000-7000-8000-000000000001';

  it('come back as the key they were made of', () => {
    expect(decodeCursor('runs', encodeCursor('runs', id), cursorShapes.uuid)).toBe(id);
    expect(decodeCursor('names', encodeCursor('names', 'a.b-c'), cursorShapes.name)).toBe('a.b-c');
    expect(decodeCursor('runs', undefined, cursorShapes.uuid)).toBeNull();
  });

  it.each([
    ['of another list', encodeCursor('flows', id)],
    ['with a key of another shape', encodeCursor('runs', "x' OR 1=1")],
    ['that is not base64', '%%%'],
    ['that is not UTF-8', '_w'],
    ['that is empty inside', encodeCursor('runs', '')],
  ])('are refused %s', (_, cursor) => {
    expect(refusal(cursor)).toBe('?cursor');
  });
});

describe('a page', () => {
  const pageOf = (rows: number[], limit: number) =>
    pageFrom(
      'events',
      rows,
      limit,
      (row) => row,
      (row) => `#${row}`,
    );

  it('has a cursor only when there was one row more', () => {
    expect(pageOf([1, 2], 2)).toEqual({ items: ['#1', '#2'], nextCursor: null });
    expect(pageOf([1, 2, 3], 2)).toEqual({ items: ['#1', '#2'], nextCursor: encodeCursor('events', 2) });
    expect(pageOf([], 2)).toEqual({ items: [], nextCursor: null });
  });
});
