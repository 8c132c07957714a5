import { describe, expect, it } from 'vitest';
import { flow, step, trigger } from '@/core/flow/testing';
import { validate } from '@/core/flow/validate';
import type { JsonObject, JsonValue } from '@/core/json';
import { executor } from '@/core/steps/http-request/execute';
import { planContext } from '@/core/steps/testing';

const approvalId = '01a2052d-4c00-7746-8972-e52763ee7466';
const link = (id: JsonValue = approvalId): JsonObject => ({ $approvalLink: id });
const plan = async (body: JsonValue, written: JsonValue = body, rest: JsonObject = {}) =>
  executor.plan(
    planContext(
      { method: 'POST', url: 'https://chat.example.com', body, ...rest },
      { written: { body: written, ...rest } },
    ),
  );
const problems = (config: JsonObject, kind = 'http.request') =>
  validate(flow([trigger, step('tell', kind, config)], ['m → tell'])).map(({ code, pointer }) => `${code} ${pointer}`);
const request = (rest: JsonObject) => ({ method: 'POST', url: 'https://chat.example.com', ...rest });

describe('a link to an approval in a request', () => {
  it('stays a reference in what is planned and journalled', async () => {
    const body = { text: { ...link(), prefix: 'Answer: ' } };
    expect(await plan(body, { text: { ...link('{{ event.data.approvalId }}'), prefix: 'Answer: ' } })).toMatchObject({
      type: 'call',
      call: { body },
    });
    expect(await plan(link())).toMatchObject({ call: { headers: { 'Content-Type': 'text/plain; charset=utf-8' } } });
  });

  it.each<[string, JsonValue, JsonValue, JsonObject]>([
    ['came in with the data', { data: link() }, { data: '{{ event.data }}' }, {}],
    ['names no approval', { text: link('order 7') }, { text: link('{{ event.data.id }}') }, {}],
    ['names nothing', { text: {}, more: link(null) }, { text: {}, more: link('{{ event.data.id }}') }, {}],
    ['has a field too many', { text: { ...link(), more: 1 } }, { text: { ...link(), more: 1 } }, {}],
    [
      'is in a form',
      { text: link() },
      { text: link() },
      { headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    ],
  ])('fails the step when it %s', async (_what, body, written, rest) => {
    expect(await plan(body, written, rest)).toMatchObject({ type: 'fail', error: { code: 'step.configInvalid' } });
  });
});

describe('publishing', () => {
  it('takes it in a body, with an expression or an id', () => {
    expect(problems(request({ body: { text: link('{{ event.data.approvalId }}') } }))).toEqual([]);
    expect(problems(request({ body: [{ ...link(), prefix: 'Go: {{ event.data.title }}' }] }))).toEqual([]);
  });

  it('refuses it elsewhere, where it would be stored and shown or mean nothing', () => {
    const notAllowed = 'approvalLink.notAllowed';
    expect(problems({ output: { to: link() } }, 'data.transform')).toEqual([`${notAllowed} /steps/1/config/output/to`]);
    expect(problems(request({ headers: { 'x-link': link() } }))).toContain(
      `${notAllowed} /steps/1/config/headers/x-link`,
    );
    expect(problems({ type: 'a.b', data: link() }, 'event.publish')).toEqual([`${notAllowed} /steps/1/config/data`]);
  });

  it('refuses what is malformed', () => {
    const at = '/steps/1/config/body/$approvalLink';
    expect(problems(request({ body: link('order 7') }))).toEqual([`approvalLink.malformed ${at}`]);
    expect(problems(request({ body: link(7) }))).toEqual([`approvalLink.malformed ${at}`]);
    expect(problems(request({ body: { ...link(), extra: 1 } }))).toEqual([
      'approvalLink.malformed /steps/1/config/body/extra',
    ]);
  });
});
