import { describe, expect, it } from 'vitest';
import { rangeBetween, rowAfterKey } from './row-keys';

describe('walking a list', () => {
  it('begins at the first row, stops at both ends and leaves other keys alone', () => {
    expect(rowAfterKey('j', -1, 3)).toBe(0);
    expect(rowAfterKey('K', -1, 3)).toBe(0);
    expect(rowAfterKey('ArrowDown', 1, 3)).toBe(2);
    expect(rowAfterKey('J', 2, 3)).toBe(2);
    expect(rowAfterKey('k', 0, 3)).toBe(0);
    expect(rowAfterKey('End', 0, 3)).toBe(2);
    expect(rowAfterKey('Home', 2, 3)).toBe(0);
    expect(rowAfterKey('Tab', 1, 3)).toBeNull();
    expect(rowAfterKey('j', -1, 0)).toBeNull();
  });
});

describe('a range of rows', () => {
  it('runs either way, and is one row when its beginning has left the list', () => {
    const keys = ['a', 'b', 'c', 'd'];
    expect(rangeBetween(keys, 'd', 'b')).toEqual(['b', 'c', 'd']);
    expect(rangeBetween(keys, 'a', 'a')).toEqual(['a']);
    expect(rangeBetween(keys, 'gone', 'c')).toEqual(['c']);
  });
});
