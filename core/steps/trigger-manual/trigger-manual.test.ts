import { expect, it } from 'vitest';
import { configFaults } from '@/core/steps/testing';
import { manifest } from '@/core/steps/trigger-manual/manifest';

it('a manual trigger takes a schema, which is an object or a boolean', () => {
  expect(configFaults(manifest, {})).toEqual([]);
  expect(configFaults(manifest, { schema: true })).toEqual([]);
  expect(configFaults(manifest, { schema: { type: 'object' } })).toEqual([]);
  expect(configFaults(manifest, { schema: 'object' })).toEqual(['field.invalid /schema']);
});
