/**
 * What Postgres does with plain rows: one commit per row, and fifty rows per commit through `unnest`. Rows are as wide
 * as a small event. Refuses indexes beyond the primary key: the raw figure has no product in it.
 */
import pg from 'pg';
import type { Lab } from '../lab/servers';
import { sampleBody } from './load';

export interface InsertRate {
  readonly singleRowsPerSecond: number;
  readonly groupedRowsPerSecond: number;
}

/** As many as the ordinary pool of a process has. */
const singleConnections = 10;
/** As many as a group commit has under way. */
const groupedConnections = 2;
const rowsPerGroup = 50;

export async function measureInsertRate(lab: Lab, rows: number): Promise<InsertRate> {
  await lab.pool.query('CREATE TABLE IF NOT EXISTS bench_rows (id bigserial PRIMARY KEY, data json NOT NULL)');
  const single = { name: 'single', text: 'INSERT INTO bench_rows (data) VALUES ($1)', values: [sampleBody] };
  const group = Array.from({ length: rowsPerGroup }, () => sampleBody);
  const grouped = {
    name: 'grouped',
    text: 'INSERT INTO bench_rows (data) SELECT t::json FROM unnest($1::text[]) AS t',
    values: [group],
  };
  const singleSeconds = await repeat(lab, singleConnections, rows, single);
  const groupedSeconds = await repeat(lab, groupedConnections, (rows * 10) / rowsPerGroup, grouped);
  const { rows: counted } = await lab.pool.query<{ n: number }>('SELECT count(*)::int AS n FROM bench_rows');
  await lab.pool.query('DROP TABLE bench_rows');
  if (counted[0]?.n !== rows * 11) throw new Error(`${counted[0]?.n} rows are there instead of ${rows * 11}`);
  return { singleRowsPerSecond: rows / singleSeconds, groupedRowsPerSecond: (rows * 10) / groupedSeconds };
}

/** Runs a statement `times` times over several connections, each waiting for its answer. @returns seconds */
async function repeat(lab: Lab, connections: number, times: number, query: pg.QueryConfig): Promise<number> {
  const pool = new pg.Pool({ connectionString: lab.postgres.url, max: connections });
  try {
    let left = times;
    const work = async (): Promise<void> => {
      const client = await pool.connect();
      try {
        while (left > 0) {
          left -= 1;
          await client.query(query);
        }
      } finally {
        client.release();
      }
    };
    const clients = await Promise.all(Array.from({ length: connections }, () => pool.connect()));
    for (const client of clients) client.release();
    const startedMs = performance.now();
    await Promise.all(Array.from({ length: connections }, work));
    return (performance.now() - startedMs) / 1000;
  } finally {
    await pool.end();
  }
}
