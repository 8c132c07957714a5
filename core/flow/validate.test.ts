import { describe, expect, it } from 'vitest';
import type { FlowDocument, FlowStep } from '@/core/flow/document';
import { flow, step, transform, trigger } from '@/core/flow/testing';
import { hasErrors, validate } from '@/core/flow/validate';
import type { JsonObject } from '@/core/json';

/** `code pointer` of each problem, the pointer first where it reads better in a diff. */
const found = (document: FlowDocument): string[] =>
  validate(document).map(
    ({ code, pointer, severity }) => `${severity === 'warning' ? '(warning) ' : ''}${code} ${pointer}`,
  );

/** Problems of one step behind a manual trigger. */
const foundIn = (one: FlowStep): string[] => found(flow([trigger, one], [`m → ${one.id}`]));
const foundInConfig = (kind: string, config: JsonObject): string[] =>
  kind.startsWith('trigger.') ? found(flow([step('t', kind, config)])) : foundIn(step('a', kind, config));

const webhook = (id: string, config: JsonObject): FlowStep => step(id, 'trigger.webhook', config);
const get = { method: 'GET', url: 'https://example.com/' };

describe('a flow without problems', () => {
  //   m → a → b
  it('has none', () => {
    expect(
      found(
        flow([trigger, transform('a', '{{ event.data }}'), transform('b', '{{ steps.a.output }}')], ['m → a', 'a → b']),
      ),
    ).toEqual([]);
  });
});

describe('the drawing', () => {
  it('needs a trigger, and says so once', () => {
    expect(found(flow([transform('a')]))).toEqual(['flow.noTrigger /steps']);
    expect(found(flow([]))).toEqual(['flow.noTrigger /steps']);
  });

  it('refuses ids that repeat, do not fit expressions or mean something else', () => {
    const steps = [
      trigger,
      transform('a'),
      transform('a'),
      transform('B-1'),
      transform('steps'),
      transform('constructor'),
    ];
    expect(found(flow(steps, ['m → a', 'm → B-1', 'm → steps', 'm → constructor']))).toEqual([
      'step.idTaken /steps/2/id',
      'step.idInvalid /steps/3/id',
      'step.idReserved /steps/4/id',
      'step.idReserved /steps/5/id',
    ]);
  });

  it('says that an unknown kind is not executed by this build', () => {
    const problems = validate(flow([trigger, step('scope', 'flow.fork')], ['m → scope']));
    expect(problems).toMatchObject([{ code: 'step.kindUnknown', stepId: 'scope', pointer: '/steps/1/kind' }]);
    expect(problems[0]?.message).toContain('not executed by this build');
  });

  //   ghost → a     m → nobody     a → a     m → a (twice)     a → m     a.big → b
  it('reports every broken wire at once, on the card it belongs to', () => {
    const document = flow(
      [trigger, transform('a'), transform('b')],
      ['m → a', 'm → a', 'ghost → a', 'm → nobody', 'a → a', 'a.big → b', 'a → m'],
    );
    const problems = validate(document).filter(({ severity }) => severity === 'error');
    expect(problems.map(({ code, pointer, stepId }) => [code, pointer, stepId])).toEqual([
      ['edge.duplicate', '/edges/1', 'm'],
      ['edge.toUnknown', '/edges/3/to', 'm'],
      ['flow.cycle', '/edges/6', 'm'],
      ['edge.fromUnknown', '/edges/2/from', 'a'],
      ['edge.self', '/edges/4', 'a'],
      ['edge.portUnknown', '/edges/5/port', 'a'],
      ['edge.intoTrigger', '/edges/6/to', 'a'],
    ]);
  });

  it('lists the ports there are when a wire leaves by another', () => {
    const cases = { cases: [{ port: 'big', when: '{{ true }}' }] };
    const document = flow([trigger, step('s', 'logic.switch', cases), transform('a')], ['m → s', 's → a']);
    expect(validate(document)[0]?.message).toBe('"s" has no port "out": it has "big", "else", "error".');
  });

  it('lets nothing follow a step that fails the run', () => {
    const fail = step('f', 'logic.fail', { message: 'No' });
    expect(found(flow([trigger, fail, transform('a')], ['m → f', 'f → a']))).toEqual([
      'edge.portUnknown /edges/1/port',
    ]);
  });

  //   m → a → b → c
  //       ↑_______|
  it('names the way of a cycle', () => {
    const document = flow(
      [trigger, { ...transform('a'), name: 'First' }, transform('b'), transform('c')],
      ['m → a', 'a → b', 'b → c', 'c → a'],
    );
    expect(validate(document)).toEqual([
      {
        pointer: '/edges/3',
        code: 'flow.cycle',
        message: 'These steps lead back to themselves: First → b → c → First. Remove one of the wires.',
        stepId: 'a',
        severity: 'error',
      },
    ]);
  });

  it('warns of steps no run gets to and of places without a step, and lets them pass', () => {
    const document = flow([trigger, transform('a'), transform('lost')], ['m → a'], {
      canvas: { steps: { gone: { x: 0, y: 0 } } },
    });
    expect(found(document)).toEqual([
      '(warning) canvas.stepUnknown /canvas/steps/gone',
      '(warning) step.unreachable /steps/2',
    ]);
    expect(hasErrors(validate(document))).toBe(false);
  });
});

describe('warnings about what never happens', () => {
  it('name a second trigger by hand', () => {
    expect(found(flow([trigger, { ...trigger, id: 'again' }]))).toEqual(['(warning) trigger.manualRepeated /steps/1']);
  });

  //   m → s (disabled) ─else─→ a
  it('name a disabled step whose only wires are those it no longer takes', () => {
    const cases = { cases: [{ port: 'big', when: '{{ true }}' }] };
    const document = flow(
      [trigger, step('s', 'logic.switch', cases, { disabled: true }), transform('a')],
      ['m → s', 's.else → a'],
    );
    expect(found(document)).toEqual(['(warning) step.disabledStops /steps/1/disabled']);
  });
});

describe('how runs share their time', () => {
  const settled = (settings: FlowDocument['settings']) => found(flow([trigger], [], { settings }));

  it('is a key over the event and a limit', () => {
    expect(settled({ lane: { key: '{{ event.subject }}' }, concurrency: 5 })).toEqual([]);
    expect(settled({ lane: { key: 'one for all' } })).toEqual([]);
  });

  it('refuses a key that is missing, does not parse, or reads what is not there when the event is accepted', () => {
    expect(settled({ lane: { key: ' ' } })).toEqual(['lane.keyMissing /settings/lane/key']);
    expect(settled({ lane: { key: '{{ ( }}' } })).toEqual(['expression.invalid /settings/lane/key']);
    for (const root of ['run.id', 'vars.x', 'steps.m.output']) {
      expect(settled({ lane: { key: `{{ ${root} }}` } })).toEqual(['expression.rootNotHere /settings/lane/key']);
    }
  });

  it('refuses a limit that would limit nothing', () => {
    expect(settled({ concurrency: 10_001 })).toEqual(['flow.concurrencyOutOfRange /settings/concurrency']);
  });
});

describe('what this build does not execute', () => {
  it.each<[string, Partial<FlowDocument>, string]>([
    ['keeping runs for days', { settings: { keepRunsDays: 5 } }, '/settings/keepRunsDays'],
  ])('%s is refused by name', (_what, rest, pointer) => {
    expect(found(flow([trigger], [], rest))).toEqual([`flow.notExecuted ${pointer}`]);
  });

  it.each<[string, JsonObject, string]>([
    ['trigger.webhook', { path: 'a', verify: { preset: 'github', secrets: [{ $secret: 'hub' }] } }, '/verify/preset'],
    ['trigger.webhook', { path: 'a', verify: { apiKey: { header: 'x-key' } } }, '/verify/apiKey'],
    ['trigger.webhook', { path: 'a', verify: { ipAllow: ['10.0.0.0/8'] } }, '/verify/ipAllow'],
    ['trigger.webhook', { path: 'a', dedup: { key: '{{ event.data.body.id }}' } }, '/dedup/key'],
    ['trigger.webhook', { path: 'a', filter: '{{ true }}' }, '/filter'],
    ['trigger.webhook', { path: 'a', schema: {} }, '/schema'],
    ['trigger.webhook', { path: 'a', rateLimit: { requests: 1, windowMs: 1 } }, '/rateLimit'],
    ['trigger.webhook', { path: 'a', cors: {} }, '/cors'],
    ['trigger.event', { types: ['*'], from: 'beginning' }, '/from'],
    ['http.request', { ...get, connection: 'shop' }, '/connection'],
  ])('%s with %j is refused by name and not also as an unknown field', (kind, config, pointer) => {
    const index = kind.startsWith('trigger.') ? 0 : 1;
    expect(foundInConfig(kind, config)).toEqual([`flow.notExecuted /steps/${index}/config${pointer}`]);
  });
});

describe('config', () => {
  it('names unknown, missing and wrong fields, each at its own pointer', () => {
    const problems = validate(flow([trigger, step('a', 'http.request', { method: 'FETCH', uri: 'x' })], ['m → a']));
    expect(problems.map(({ code, pointer, message }) => [code, pointer, message])).toEqual([
      [
        'field.invalid',
        '/steps/1/config/method',
        'Expected one of "GET"|"HEAD"|"POST"|"PUT"|"PATCH"|"DELETE"|"OPTIONS".',
      ],
      ['field.required', '/steps/1/config/url', '"url" is required.'],
      ['field.unknown', '/steps/1/config/uri', '"uri" is not a field here. Remove it or correct its name.'],
    ]);
  });

  it('treats a step without config as one with an empty config', () => {
    expect(foundIn(step('a', 'data.transform'))).toEqual(['field.required /steps/1/config/output']);
  });

  it.each<[string, FlowStep, string]>([
    ['retry on a pure step', { ...transform('a'), retry: { attempts: 3 } }, 'step.fieldNotAccepted /steps/1/retry'],
    ['a time limit on a pure step', { ...transform('a'), timeoutMs: 5 }, 'step.fieldNotAccepted /steps/1/timeoutMs'],
    [
      'a first pause over the longest',
      step('a', 'http.request', get, { retry: { initialMs: 500, maxMs: 100 } }),
      'retry.initialOverMax /steps/1/retry/initialMs',
    ],
    [
      'an attempt without time',
      step('a', 'http.request', get, { timeoutMs: 0 }),
      'step.durationOutOfRange /steps/1/timeoutMs',
    ],
    [
      'an attempt that takes an hour',
      step('a', 'http.request', get, { timeoutMs: 3_600_000 }),
      'step.durationOutOfRange /steps/1/timeoutMs',
    ],
    [
      'a pause of a month',
      step('a', 'http.request', get, { retry: { maxMs: 2_592_000_000 } }),
      'step.durationOutOfRange /steps/1/retry/maxMs',
    ],
  ])('refuses %s', (_what, one, problem) => {
    expect(foundIn(one)).toEqual([problem]);
  });

  it('refuses to disable or join a trigger', () => {
    expect(found(flow([{ ...trigger, disabled: true, join: 'any' }]))).toEqual([
      'step.fieldNotAccepted /steps/0/disabled',
      'step.fieldNotAccepted /steps/0/join',
    ]);
  });

  it('accepts a step that is not disabled in so many words', () => {
    expect(found(flow([{ ...trigger, disabled: false }]))).toEqual([]);
  });

  it('refuses a JSON Schema that does not compile', () => {
    expect(found(flow([step('m', 'trigger.manual', { schema: { type: 'objekt' } })]))).toEqual([
      'schema.invalid /steps/0/config/schema',
    ]);
  });
});

describe('secrets', () => {
  it('may stand in headers and bodies of requests and in verification', () => {
    const headers = { Authorization: { $secret: 'token', prefix: 'Bearer ' } };
    const call = step('a', 'http.request', {
      method: 'POST',
      url: 'https://example.com',
      headers,
      body: { key: { $secret: 'k' } },
    });
    const start = webhook('t', { path: 'in', verify: { bearer: { $secret: 'token' } } });
    expect(found(flow([start, call], ['t → a']))).toEqual([]);
  });

  it('are refused everywhere else, because the value would be stored', () => {
    expect(foundIn(transform('a', { key: { $secret: 'k' } }))).toEqual([
      'secret.notAllowed /steps/1/config/output/key',
    ]);
    expect(foundInConfig('event.publish', { type: 'a.b', data: [{ $secret: 'k' }] })).toEqual([
      'secret.notAllowed /steps/1/config/data/0',
    ]);
    expect(foundInConfig('http.request', { method: 'GET', url: { $secret: 'k' } })).toEqual([
      'secret.notAllowed /steps/1/config/url',
    ]);
  });

  it('are named by a constant and hold nothing else', () => {
    expect(foundInConfig('http.request', { ...get, headers: { A: { $secret: '{{ vars.name }}' } } })).toEqual([
      'secret.malformed /steps/1/config/headers/A/$secret',
    ]);
    expect(foundInConfig('http.request', { ...get, headers: { A: { $secret: 'k', value: 'v' } } })).toEqual([
      'secret.malformed /steps/1/config/headers/A/value',
    ]);
  });
});

describe('expressions', () => {
  it('that do not parse are reported where they stand, all of them', () => {
    expect(foundIn(transform('a', { one: '{{ 1 + }}', two: ['{{ event.', 'fine'], three: '{{ evnt.data }}' }))).toEqual(
      [
        'expression.invalid /steps/1/config/output/one',
        'expression.invalid /steps/1/config/output/two/0',
        'expression.invalid /steps/1/config/output/three',
      ],
    );
  });

  //   m → a → c
  //   m → b
  it('read only steps that exist and can have run before', () => {
    const document = flow(
      [
        trigger,
        transform('a', '{{ steps.m.output }}'),
        transform('b', '{{ steps.b.output }}'),
        transform('c', { ok: '{{ steps.a.output }}', side: '{{ steps.b.output }}', typo: '{{ steps.aa.output }}' }),
      ],
      ['m → a', 'm → b', 'a → c'],
    );
    expect(found(document)).toEqual([
      'expression.stepSelf /steps/2/config/output',
      'expression.stepNotBefore /steps/3/config/output/side',
      'expression.stepUnknown /steps/3/config/output/typo',
    ]);
  });

  //   m → s ─big──→ a ─→ c
  //       s ─else─→ b ─→ c
  it('may read a step that is sometimes skipped', () => {
    const document = flow(
      [
        trigger,
        step('s', 'logic.switch', { cases: [{ port: 'big', when: '{{ event.data.big }}' }] }),
        transform('a'),
        transform('b'),
        transform('c', '{{ steps.a.output }}'),
      ],
      ['m → s', 's.big → a', 's.else → b', 'a → c', 'b → c'],
    );
    expect(found(document)).toEqual([]);
  });

  it('in triggers know the event alone', () => {
    expect(found(flow([webhook('t', { path: 'a', subject: '{{ steps.x.output & vars.y }}' })]))).toEqual([
      'expression.rootNotHere /steps/0/config/subject',
      'expression.rootNotHere /steps/0/config/subject',
    ]);
  });

  it('have no item outside a container', () => {
    expect(foundIn(transform('a', '{{ item.id }}'))).toEqual(['expression.rootNotHere /steps/1/config/output']);
  });

  //   m → a ─error─→ b → c
  //       a ─out───→ d
  it('warn where an error can never arrive', () => {
    const read = '{{ error.message }}';
    const document = flow(
      [trigger, step('a', 'http.request', get), transform('b', read), transform('c', read), transform('d', read)],
      ['m → a', 'a.error → b', 'b → c', 'a → d'],
    );
    expect(found(document)).toEqual(['(warning) expression.errorOffPath /steps/4/config/output']);
  });

  it('do not stand in fields that are fixed at publish', () => {
    expect(found(flow([webhook('t', { path: 'orders/{{ event.id }}' })]))).toEqual([
      'expression.notHere /steps/0/config/path',
    ]);
    expect(foundInConfig('http.request', { method: '{{ vars.method }}', url: 'https://example.com' })).toEqual([
      'expression.notHere /steps/1/config/method',
    ]);
  });

  it('in tags are checked, and cannot wait for steps', () => {
    const tags = { order: '{{ event.data.id }}', late: '{{ steps.a.output }}', broken: '{{ ( }}', 'not ok': 'x' };
    expect(found(flow([trigger, transform('a')], ['m → a'], { settings: { tags } }))).toEqual([
      'expression.rootNotHere /settings/tags/late',
      'expression.invalid /settings/tags/broken',
      'tag.nameInvalid /settings/tags/not ok',
    ]);
  });
});

describe('webhooks', () => {
  const respond = step('r', 'webhook.respond', { status: 200 });

  //   t → r
  it('that answer by a step need one', () => {
    expect(found(flow([webhook('t', { path: 'a', respond: 'step' }), respond], ['t → r']))).toEqual([]);
    expect(found(flow([webhook('t', { path: 'a', respond: 'step' })]))).toEqual([
      'webhook.respondMissing /steps/0/config/respond',
    ]);
  });

  //   t    u → r
  it('that answer by a step need a way to it', () => {
    const document = flow(
      [webhook('t', { path: 'a', respond: 'step' }), webhook('u', { path: 'b', respond: 'step' }), respond],
      ['u → r'],
    );
    expect(found(document)).toEqual(['webhook.respondMissing /steps/0/config/respond']);
  });

  it('do not count an answer that is disabled', () => {
    const document = flow([webhook('t', { path: 'a', respond: 'step' }), { ...respond, disabled: true }], ['t → r']);
    expect(found(document)).toEqual(['webhook.respondMissing /steps/0/config/respond']);
  });

  it('that answer otherwise make a Respond step useless', () => {
    expect(found(flow([webhook('t', { path: 'a' }), respond], ['t → r']))).toEqual([
      '(warning) webhook.respondUnused /steps/1',
    ]);
  });

  it('of one flow do not share an address, whatever their parameters are called', () => {
    const document = flow([
      webhook('t', { path: 'orders/:id' }),
      webhook('u', { path: 'orders/:order' }),
      webhook('v', { path: 'orders/:id', method: 'GET' }),
      webhook('w', { path: 'orders/new' }),
      webhook('x', { path: 'orders/:n', method: 'ANY' }),
    ]);
    expect(found(document)).toEqual([
      'webhook.pathRepeated /steps/1/config/path',
      'webhook.pathRepeated /steps/4/config/path',
    ]);
  });
});

it('all problems are reported at once, those of the flow first and then card by card', () => {
  const document = flow(
    [webhook('t', { path: '/x' }), transform('a', '{{ ( }}'), step('b', 'flow.fork')],
    ['t → a', 'a → b', 'b → a', 'a → nobody'],
    { settings: { keepRunsDays: 1 } },
  );
  expect(found(document)).toEqual([
    'flow.notExecuted /settings/keepRunsDays',
    'field.invalid /steps/0/config/path',
    'edge.toUnknown /edges/3/to',
    'flow.cycle /edges/2',
    'expression.invalid /steps/1/config/output',
    'step.kindUnknown /steps/2/kind',
  ]);
});
