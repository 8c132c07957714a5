import { describe, expect, it } from 'vitest';
import { drawn } from '@/components/canvas/store/testing';
import { durationText, parseDuration } from './duration-text';
import { cellText, cellValue, jsonText, readJson } from './json-text';
import { previewOf } from './preview';
import { describeRetry, planRetry, resolvedRetry } from './retry-plan';
import { frameOfCandidate, frameOfRun, frameOfSample } from './sample-frame';
import { curlOf, webhookAddresses } from './webhook-address';

describe('a duration', () => {
  it.each([
    ['200 ms', 200],
    ['30s', 30_000],
    ['1 h 30 min', 5_400_000],
    ['0.5 s', 500],
    ['250', 250],
    ['2 days', 172_800_000],
  ])('%s is %i ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });
  it.each(['', 'soon', '5 parsecs', '10 s or so', '-5 s'])('is not %j', (text) => {
    expect(parseDuration(text)).toBeNull();
  });
  it.each([0, 1, 999, 30_000, 61_001, 5_400_000, 86_400_000])('of %i ms is written so that it reads back', (ms) => {
    expect(parseDuration(durationText(ms))).toBe(ms);
  });
});

describe('JSON in a form', () => {
  it('takes a bare expression without quotes and shows it so again', () => {
    expect(readJson(' {{ event.data.body }} ')).toEqual({ type: 'value', value: '{{ event.data.body }}' });
    expect(jsonText('{{ event.data.body }}')).toBe('{{ event.data.body }}');
    expect(jsonText('plain')).toBe('"plain"');
  });
  it('is absent when empty and says where it is wrong', () => {
    expect(readJson('  ')).toEqual({ type: 'absent' });
    const reading = readJson('{\n  "a": 1,\n  b: 2\n}');
    expect(reading.type).toBe('fault');
    expect(reading.type === 'fault' && reading.message).toMatch(/^Line 3, column 3: /);
  });
  it.each([
    ['EUR', 'EUR'],
    ['12', 12],
    ['"12"', '12'],
    ['true', true],
    ['[1, 2]', [1, 2]],
    ['{{ event.id }}', '{{ event.id }}'],
    ['12 apples', '12 apples'],
    ['[draft] hello', '[draft] hello'],
  ])('reads the cell %s as what it looks like, and writes it back', (text, value) => {
    expect(cellValue(text)).toEqual(value);
    expect(cellValue(cellText(value))).toEqual(value);
  });
});

describe('a retry policy', () => {
  it('waits longer each time up to the longest, and says for how long at most', () => {
    const policy = resolvedRetry({ attempts: 5, initialMs: 200, maxMs: 1000 });
    expect(planRetry(policy).waitsMs).toEqual([200, 400, 800, 1000]);
    expect(describeRetry(resolvedRetry({ attempts: 5 }))).toBe('5 attempts, waits 3 s at most');
    expect(describeRetry(resolvedRetry({ attempts: 1 }))).toBe('one attempt');
    expect(planRetry(resolvedRetry({ attempts: 3, backoff: 'fixed', initialMs: 500 })).waitsMs).toEqual([500, 500]);
  });
  it('draws no more marks than can be told apart, but counts all waits', () => {
    const plan = planRetry(resolvedRetry({ attempts: 100, backoff: 'fixed', initialMs: 10 }));
    expect(plan.isCut).toBe(true);
    expect(plan.waitsMs.length).toBeLessThan(15);
    expect(plan.totalMs).toBe(990);
  });
});

describe('a preview', () => {
  const run = {
    id: 'r',
    flowId: 'f',
    version: 1,
    startedAt: null,
    steps: [{ id: 'a', output: { total: 12.5 } }],
  };
  const sample = frameOfRun(run, { type: 'x', data: { body: { amount: 129.9 } } }, { pay: 'https://pay' }, {});
  const preview = (value: string) => previewOf(value, sample, () => 0);

  it('shows what an expression gives against the last run', () => {
    expect(preview('{{ $round(event.data.body.amount * 100) }}')).toMatchObject({
      type: 'value',
      text: '12990',
      kind: 'number',
    });
    expect(preview('{{ vars.pay }}/charges')).toMatchObject({ text: 'https://pay/charges', kind: 'text' });
    expect(preview('{{ steps.a.output }}')).toMatchObject({ kind: '1 field' });
  });
  it('says when there is nothing, alone or inside text', () => {
    expect(preview('{{ event.data.body.nothing }}')).toEqual({ type: 'missing' });
    expect(preview('/{{ event.data.body.nothing }}')).toEqual({ type: 'missing' });
  });
  it('says where an expression is wrong', () => {
    expect(preview('{{ event.data. }}')).toMatchObject({ type: 'fault', offset: expect.any(Number) });
    expect(preview('{{ $sum("x") }}')).toMatchObject({ type: 'fault' });
  });
  it('has a request to read before anything ran', () => {
    const [hook] = drawn('hook -> a').steps;
    const first = frameOfSample(hook, {}, { id: 'SO-1' });
    expect(previewOf('{{ event.data.body.id }}', first, () => 0)).toMatchObject({ text: 'SO-1' });
    const timed = frameOfSample({ id: 'at', kind: 'trigger.schedule' }, {}, {});
    expect(previewOf('{{ event.data.scheduledAt }}', timed, () => 0)).toMatchObject({ type: 'value' });
  });
});

describe('a webhook address', () => {
  const hooks = { publicUrl: 'https://h.example', workspaceSlug: 'main' };
  it('is listed for each trigger that has a path', () => {
    expect(webhookAddresses(drawn('hook -> a\nhook2 -> a'), hooks).map(({ url }) => url)).toEqual([
      'https://h.example/hooks/main/hook',
      'https://h.example/hooks/main/hook2',
    ]);
  });
  it('becomes a command that a shell takes literally', () => {
    const curl = curlOf({ method: 'ANY', url: 'http://127.0.0.1:3000/hooks/main/orders/:id' }, { note: "it's" });
    expect(curl).toBe(
      `curl -X POST 'http://127.0.0.1:3000/hooks/main/orders/example-id' \\\n  -H 'content-type: application/json' \\\n  -d '{"note":"it'\\''s"}'`,
    );
  });
});

describe('the key of an event that a step waits for', () => {
  const run = { id: 'r', flowId: 'f', version: 1, startedAt: null };
  it('is previewed with the event that ended the wait, not with the one that started the run', () => {
    const steps = [{ id: 'w', output: { type: 'a.b', data: { order: 7 } } }];
    const sample = frameOfRun({ ...run, steps }, { type: 'started', data: { order: 1 } }, {}, {});
    const preview = previewOf('{{ event.data.order }}', frameOfCandidate(sample, 'w'), () => 0);
    expect(preview).toMatchObject({ type: 'value', text: '7' });
  });
  it('has nothing to be previewed with before a wait has ended', () => {
    const sample = frameOfRun({ ...run, steps: [] }, { type: 'started', data: { order: 1 } }, {}, {});
    expect(previewOf('{{ event.data.order }}', frameOfCandidate(sample, 'w'), () => 0)).toEqual({ type: 'missing' });
  });
});
