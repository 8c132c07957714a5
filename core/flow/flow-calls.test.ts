import { describe, expect, it } from 'vitest';
import { type CalleeState, callProblems, namedCalls } from '@/core/flow/flow-calls';
import { flow, step, trigger } from '@/core/flow/testing';

const call = (id: string, name: string, rest: object = {}) => step(id, 'flow.call', { flow: name }, rest);

describe('calls of other flows', () => {
  it('are those that name one: what an expression decides is not known yet, and a disabled step calls nobody', () => {
    const document = flow([
      trigger,
      call('a', ' Ship '),
      call('b', '{{ vars.flow }}'),
      call('c', 'Off', { disabled: true }),
      call('d', ''),
      step('e', 'flow.call'),
    ]);
    expect(namedCalls(document)).toEqual([{ index: 1, stepId: 'a', flow: 'Ship' }]);
  });

  it.each<[CalleeState, string[]]>([
    ['ready', []],
    ['unknown', ['error call.flowUnknown /steps/1/config/flow']],
    ['ambiguous', ['error call.flowAmbiguous /steps/1/config/flow']],
    ['notPublished', ['warning call.flowNotPublished /steps/1/config/flow']],
    ['noManualTrigger', ['warning call.noManualTrigger /steps/1/config/flow']],
  ])('to a flow that is %s have the problems %j', (state, problems) => {
    const found = callProblems(flow([trigger, call('a', 'Ship')]), new Map([['Ship', state]]));
    expect(found.map(({ severity, code, pointer }) => `${severity} ${code} ${pointer}`)).toEqual(problems);
    expect(found.every(({ stepId }) => stepId === 'a')).toBe(true);
  });

  it('to a flow of which nothing is known have none', () => {
    expect(callProblems(flow([trigger, call('a', 'Ship')]), new Map())).toEqual([]);
  });
});
