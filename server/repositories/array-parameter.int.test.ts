import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase } from '@/server/testing/servers';
import { arrayParameter, type Element, type ElementType } from './array-parameter';

let pool: pg.Pool;
beforeAll(async () => {
  pool = new pg.Pool({ connectionString: (await testDatabase()).url, max: 1 });
});
afterAll(() => pool.end());

const roundTrip = async (type: ElementType, values: readonly Element[]): Promise<unknown[]> => {
  const { rows } = await pool.query<{ item: unknown }>(`SELECT item FROM unnest($1::${type}[]) AS item`, [
    arrayParameter(type, values),
  ]);
  return rows.map((row) => row.item);
};

describe('an array parameter', () => {
  it('brings every text through as it is', async () => {
    const texts = [
      '',
      'NULL',
      'null',
      '"',
      '\\',
      '\\"',
      '{a,b}',
      ' a ',
      "'",
      '\n\t\r',
      'ü€😀',
      '\u2028',
      null,
      '\\x00',
      'a,b',
    ];
    expect(await roundTrip('text', texts)).toEqual(texts);
  });

  it('brings every JSON value through as it is', async () => {
    const values = ['"', '\\', '\n\u0001', '\u0000', '\ud800', '😀', { 'a"b\\': ['{,}', null] }, 1.5, null, true, ''];
    const { rows } = await pool.query<{ item: string }>('SELECT item::text FROM unnest($1::json[]) AS item', [
      arrayParameter(
        'json',
        values.map((value) => JSON.stringify(value)),
      ),
    ]);
    expect(rows.map((row) => row.item)).toEqual(values.map((value) => JSON.stringify(value)));
  });

  it('brings bytes, numbers, booleans, ids and instants through', async () => {
    const bytes = Buffer.from([0, 92, 34, 255]);
    expect(await roundTrip('bytea', [bytes, null, new Uint8Array(0)])).toEqual([bytes, null, Buffer.alloc(0)]);
    expect(await roundTrip('int', [0, -1, null])).toEqual([0, -1, null]);
    expect(await roundTrip('bigint', [Number.MAX_SAFE_INTEGER])).toEqual([String(Number.MAX_SAFE_INTEGER)]);
    expect(await roundTrip('boolean', [true, false, null])).toEqual([true, false, null]);
    expect(await roundTrip('uuid', ['00000000-0000-7000-8000-000000000000'])).toEqual([
      '00000000-0000-7000-8000-000000000000',
    ]);
    const instant = new Date('2026-11-22T10:00:00.123Z');
    expect(await roundTrip('timestamptz', [instant.toISOString(), null])).toEqual([instant, null]);
    expect(await roundTrip('text', [])).toEqual([]);
  });
});
