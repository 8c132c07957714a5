import { describe, expect, it } from 'vitest';
import { matchType } from '@/core/steps/event-type';
import { configFaults } from '@/core/steps/testing';
import { manifest } from '@/core/steps/trigger-event/manifest';

describe('patterns', () => {
  it.each([
    ['order.placed', 'order.placed', true],
    ['order.placed', 'order.placed.again', false],
    ['order.*', 'order.placed', true],
    ['order.*', 'order.line.added', true],
    ['order.*', 'order', false],
    ['order.*', 'order.', false],
    ['order.*', 'orders.placed', false],
    ['*', 'anything', true],
  ])('%s selects %s: %s', (pattern, type, isSelected) => {
    expect(matchType(pattern, type)).toBe(isSelected);
  });

  it.each(['', 'order*', '*.placed', 'order.*.line', 'order..placed', '.order', 'order.', 'a b', '**'])(
    '"%s" is none',
    (type) => {
      expect(configFaults(manifest, { types: [type] })).toEqual(['field.invalid /types/0']);
    },
  );

  it('may be types of other systems', () => {
    expect(
      configFaults(manifest, { types: ['com.github.push', 'Microsoft.Storage.BlobCreated', 'urn:x:y.z'] }),
    ).toEqual([]);
  });

  it('are one to twenty', () => {
    expect(configFaults(manifest, { types: [] })).toEqual(['field.invalid /types']);
    expect(configFaults(manifest, { types: Array.from({ length: 21 }, (_, n) => `a.b${n}`) })).toEqual([
      'field.invalid /types',
    ]);
  });
});

it('a filter is an expression: plain text would let everything pass', () => {
  expect(configFaults(manifest, { types: ['*'], filter: '{{ event.data.total > 1 }}' })).toEqual([]);
  expect(configFaults(manifest, { types: ['*'], filter: 'event.data.total > 1' })).toEqual(['field.invalid /filter']);
});
