import { createLoader } from 'nuqs';
import { describe, expect, it } from 'vitest';
import { filterParsers, hasFilters, listAddress, noFilters, parseTag, toListInput } from './filter-state';

const nowMs = Date.parse('2026-11-22T12:00:00.000Z');
const load = createLoader(filterParsers);
const read = (search: string) => load(new URLSearchParams(search));

describe('the address of the list', () => {
  it('gives back the filters it was made from', () => {
    const filters = {
      ...noFilters,
      q: 'a&b',
      flow: 'f',
      lane: '{"a":1}',
      status: ['failed' as const, 'blocked' as const],
      from: new Date(nowMs),
      tag: ['order=SO-1, large', 'shop=north'],
      before: 'cursor',
    };
    expect(read(listAddress(filters))).toEqual(filters);
  });

  it('drops what nobody could have chosen', () => {
    expect(read('status=failed,odd&range=2y&from=never')).toMatchObject({
      status: ['failed'],
      range: null,
      from: null,
    });
  });

  it('tells whether anything is chosen; a page is not a filter', () => {
    expect(hasFilters({ ...noFilters, before: 'cursor', q: '  ' })).toBe(false);
    expect(hasFilters({ ...noFilters, to: new Date(nowMs) })).toBe(true);
  });
});

describe('what the server is asked for', () => {
  it('is everything for no filters', () => {
    expect(toListInput(noFilters, nowMs)).toEqual({});
  });

  it('counts presets back from now and prefers them to custom times', () => {
    expect(toListInput({ ...noFilters, range: '1h', to: new Date(0) }, nowMs)).toEqual({
      from: '2026-11-22T11:00:00.000Z',
    });
  });

  it('has tags by name and the text without its edges', () => {
    expect(toListInput({ ...noFilters, q: ' SO-1 ', tag: ['order=SO-1=2', 'broken'] }, nowMs)).toEqual({
      q: 'SO-1',
      tags: { order: 'SO-1=2' },
    });
  });
});

it('a tag needs a name', () => {
  expect(parseTag('order=')).toEqual({ name: 'order', value: '' });
  expect(parseTag('=x')).toBeNull();
});
