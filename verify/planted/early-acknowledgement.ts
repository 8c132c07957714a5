/**
 * Planted bug: the web process acknowledges and rings first and commits afterwards, and a commit that fails is nobody's
 * business any more.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { type Rows, replaceStatement } from './statements';

const commitsAfterMs = 300;
/** Places of the parameters of `append_events`. */
const idsAt = 1;
const runIdsAt = 16;

/** Elements of an array literal whose elements hold neither commas nor quotes. */
const elementsOf = (literal: unknown): string[] =>
  String(literal)
    .slice(1, -1)
    .split(',')
    .map((element) => element.replaceAll('"', ''));

const isWeb = /server[\\/]main\.ts$/.test(process.argv[1] ?? '');

if (isWeb) {
  replaceStatement('append-events', async (statement, run) => {
    void pause(commitsAfterMs)
      .then(() => run(statement))
      .catch(() => undefined);
    const runIds = elementsOf(statement.values[runIdsAt]);
    const rows = elementsOf(statement.values[idsAt]).map((_, index) => ({
      ord: index + 1,
      event_position: '0',
      run_id: runIds[index] === 'NULL' ? null : runIds[index],
      is_duplicate: false,
    }));
    return { rows, rowCount: rows.length } satisfies Rows;
  });
}
