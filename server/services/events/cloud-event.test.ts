import { describe, expect, it } from 'vitest';
import { readCloudEvent } from '@/server/services/events/cloud-event';
import { presentCloudEvent } from '@/server/services/events/present-event';

const minimal = { specversion: '1.0', id: '1', source: '/shop', type: 'order.placed' };

const faultsOf = (value: unknown): string[] => {
  const reading = readCloudEvent(value);
  return reading.ok ? [] : reading.faults.map(({ pointer }) => pointer);
};

describe('reading a CloudEvent', () => {
  it('takes the four required attributes alone', () => {
    const reading = readCloudEvent(minimal);
    expect(reading).toEqual({
      ok: true,
      event: {
        id: '1',
        source: '/shop',
        type: 'order.placed',
        subject: null,
        timeMs: null,
        attributes: null,
        data: null,
        partitionKey: null,
        schemaVersion: null,
        hops: 0,
      },
    });
  });

  it('keeps every attribute so that the same event comes out again', () => {
    const event = {
      ...minimal,
      subject: 'order/7',
      time: '2026-01-02T03:04:05.678Z',
      datacontenttype: 'application/json; charset=utf-8',
      dataschema: '/types/order.placed/schemas/3',
      traceparent: '00-ab-cd-01',
      sequence: 12,
      sampled: true,
      partitionkey: 'customer-9',
      schemaversion: 3,
      headracehops: 2,
      data: { total: 10, lines: [null] },
    };
    const reading = readCloudEvent(event);
    expect(reading.ok && reading.event).toMatchObject({ partitionKey: 'customer-9', schemaVersion: 3, hops: 2 });
    expect(reading.ok && presentCloudEvent(reading.event)).toEqual(event);
  });

  it('keeps binary data as base64 under its own name', () => {
    const event = { ...minimal, datacontenttype: 'image/png', data_base64: 'AAECAw==' };
    const reading = readCloudEvent(event);
    expect(reading.ok && presentCloudEvent(reading.event)).toEqual(event);
  });

  it('reads the version of a schema from dataschema when the extension is not given', () => {
    const reading = readCloudEvent({ ...minimal, dataschema: '/types/order.placed/schemas/12' });
    expect(reading.ok && reading.event.schemaVersion).toBe(12);
  });

  it.each([
    ['nothing', null, ['']],
    ['an array', [], ['']],
    ['an empty object: every required attribute at once', {}, ['/specversion', '/id', '/source', '/type']],
    ['another version', { ...minimal, specversion: '0.3' }, ['/specversion']],
    ['a version that is a number', { ...minimal, specversion: 1.0 }, ['/specversion']],
    ['an empty id', { ...minimal, id: '' }, ['/id']],
    ['an id that is a number', { ...minimal, id: 7 }, ['/id']],
    ['an id that no index could hold', { ...minimal, id: 'é'.repeat(600) }, ['/id']],
    ['a source with a blank', { ...minimal, source: '/my shop' }, ['/source']],
    ['a source with a broken escape', { ...minimal, source: '/a%zz' }, ['/source']],
    ['a source with an impossible port', { ...minimal, source: 'http://a:99999/' }, ['/source']],
    ['an empty subject', { ...minimal, subject: '' }, ['/subject']],
    ['a NUL in the subject', { ...minimal, subject: 'a\u0000' }, ['/subject']],
    ['a lone surrogate', { ...minimal, type: 'a\ud800' }, ['/type']],
    ['a noncharacter', { ...minimal, type: 'a\uffff' }, ['/type']],
    ['a time without a zone', { ...minimal, time: '2026-01-01T00:00:00' }, ['/time']],
    ['a day that does not exist', { ...minimal, time: '2026-02-30T00:00:00Z' }, ['/time']],
    ['an hour that does not exist', { ...minimal, time: '2026-01-01T25:00:00Z' }, ['/time']],
    ['the year 0000', { ...minimal, time: '0000-01-01T00:00:00Z' }, ['/time']],
    ['a time that is a number', { ...minimal, time: 1 }, ['/time']],
    ['a content type that is none', { ...minimal, datacontenttype: 'json' }, ['/datacontenttype']],
    ['a schema that is no URI', { ...minimal, dataschema: 'a b' }, ['/dataschema']],
    ['an attribute in capitals', { ...minimal, traceParent: 'x' }, ['/traceParent']],
    ['an attribute with a longer name than 20', { ...minimal, a23456789012345678901: 'x' }, ['/a23456789012345678901']],
    ['an attribute that is an object', { ...minimal, extra: {} }, ['/extra']],
    ['an attribute beyond 32 bits', { ...minimal, extra: 2 ** 31 }, ['/extra']],
    ['a fraction', { ...minimal, extra: 1.5 }, ['/extra']],
    ['schema version 0', { ...minimal, schemaversion: 0 }, ['/schemaversion']],
    ['negative hops', { ...minimal, headracehops: -1 }, ['/headracehops']],
    ['both kinds of data', { ...minimal, data: 1, data_base64: 'AA==' }, ['/data_base64']],
    ['base64 that is none', { ...minimal, data_base64: 'A' }, ['/data_base64']],
  ])('refuses %s', (_, value, pointers) => {
    expect(faultsOf(value)).toEqual(pointers);
  });

  it.each([
    [
      'an attribute that is null is not there',
      { ...minimal, subject: null, extra: null, data: null, data_base64: null },
    ],
    ['a source with a scheme of its own', { ...minimal, source: 'urn:uuid:6e8bc430' }],
    ['a source that is a mail address', { ...minimal, source: 'mailto:a@b.example' }],
    ['a time with an offset', { ...minimal, time: '2026-01-01t00:00:00.123456+02:00' }],
    ['false as data', { ...minimal, data: false }],
  ])('accepts: %s', (_, value) => {
    expect(faultsOf(value)).toEqual([]);
  });

  it('points into the batch', () => {
    const reading = readCloudEvent({}, [3]);
    expect(!reading.ok && reading.faults[0]?.pointer).toBe('/3/specversion');
  });
});
