import { describe, expect, it } from 'vitest';
import type { JsonValue } from '@/core/json';
import { executor } from '@/core/steps/logic-switch/execute';
import { manifest } from '@/core/steps/logic-switch/manifest';
import { configFaults, planContext } from '@/core/steps/testing';

const when = '{{ event.data.x }}';
const cases = (...ports: string[]) => ({ cases: ports.map((port) => ({ port, when })) });

describe('a switch', () => {
  const take = async (values: Record<string, JsonValue>) =>
    executor.plan(planContext({}, { written: cases('a', 'b'), input: 'in' }, values));

  it('takes the first case that is true and puts out its input', async () => {
    expect(await take({ '/cases/0/when': false, '/cases/1/when': true })).toEqual({
      type: 'complete',
      output: 'in',
      port: 'b',
    });
  });

  it('does not evaluate the cases behind it', async () => {
    expect(await take({ '/cases/0/when': true })).toMatchObject({ port: 'a' });
  });

  it.each<[JsonValue]>([[null], [0], [''], [false]])('does not take %j for true, and leaves by else', async (value) => {
    expect(await take({ '/cases/0/when': value, '/cases/1/when': value })).toMatchObject({ port: 'else' });
  });
});

describe('its ports', () => {
  const names = (config: Parameters<typeof manifest.ports>[0]) => manifest.ports(config).map(({ name }) => name);

  it('are its cases, else and error', () => {
    expect(names(cases('big', 'small'))).toEqual(['big', 'small', 'else', 'error']);
  });

  it('are there while the config is still being written', () => {
    expect(names({ cases: [{ port: 'big' }, {}, 7, { port: '' }, { port: 'big' }] })).toEqual(['big', 'else', 'error']);
  });
});

describe('faults', () => {
  it.each(['out', 'error', 'else', 'compensate', 'Big', '1st', 'a-b', ''])('a case cannot be called "%s"', (port) => {
    expect(configFaults(manifest, cases(port))).toEqual(['field.invalid /cases/0/port']);
  });

  it('two cases cannot share a name', () => {
    expect(configFaults(manifest, cases('a', 'b', 'a'))).toEqual(['switch.caseRepeated /cases/2/port']);
  });

  it('a condition is an expression or a boolean, because text is always true', () => {
    expect(configFaults(manifest, { cases: [{ port: 'a', when: true }] })).toEqual([]);
    expect(configFaults(manifest, { cases: [{ port: 'a', when: 'event.data.x' }] })).toEqual([
      'field.invalid /cases/0/when',
    ]);
    expect(configFaults(manifest, { cases: [{ port: 'a' }] })).toEqual(['field.required /cases/0/when']);
  });

  it('there is at least one case', () => {
    expect(configFaults(manifest, { cases: [] })).toEqual(['field.invalid /cases']);
  });
});
