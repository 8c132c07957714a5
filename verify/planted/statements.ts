/**
 * The seam of the planted bugs: statements are known to the driver by name, and a process that loads a bug first has one of
 * them changed on its way to the database. Nothing of it is in the product. Refuses to plant nothing: a statement that is
 * not as expected ends the process, so that a bug never passes for caught because it was not there.
 */
import pg from 'pg';

/** A named statement as node-postgres takes it. */
export interface Statement {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

export interface Rows {
  readonly rows: readonly unknown[];
  readonly rowCount: number;
}

/** Runs the statement as it is, or as it was changed. */
type Run = (statement: Statement) => Promise<Rows>;

type Callback = (error: unknown, result?: Rows) => void;

/** Puts `instead` in the place of one statement, in every connection of this process. */
export function replaceStatement(name: string, instead: (statement: Statement, run: Run) => Promise<Rows>): void {
  const prototype = pg.Client.prototype as unknown as { query: (...args: unknown[]) => unknown };
  const original = prototype.query;
  prototype.query = function query(this: pg.Client, ...args: unknown[]): unknown {
    const [statement, ...rest] = args as [Statement | undefined, ...unknown[]];
    if (statement?.name !== name) return original.apply(this, args);
    const callback = rest.find((argument): argument is Callback => typeof argument === 'function');
    const result = instead(statement, (changed) => original.call(this, changed) as Promise<Rows>);
    if (callback === undefined) return result;
    result.then(
      (rows) => callback(null, rows),
      (error: unknown) => callback(error),
    );
    return undefined;
  };
}

/** The append to a journal, by itself and for groups with lanes. */
export const journalAppends = ['journal-append', 'journal-append-laned'] as const;

/** Changes the text of a statement. */
export const rewriteStatement = (name: string, rewrite: (text: string) => string): void =>
  replaceStatement(name, (statement, run) => run({ ...statement, text: rewrite(statement.text) }));

/** Replaces the one place that reads `from`. Ends the process when there is none. */
export function swap(text: string, from: string, to: string): string {
  if (!text.includes(from)) {
    process.stderr.write(`A planted bug does not fit any more: there is no "${from}".\n`);
    process.exit(1);
  }
  return text.replace(from, () => to);
}
