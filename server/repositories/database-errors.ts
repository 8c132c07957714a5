/**
 * What a Postgres error means for the one who waits: bad data of one member, a lost connection whose commit may or may
 * not have happened, or a conflict worth repeating. Codes: PostgreSQL manual, appendix A.
 */
const codeOf = (error: unknown): string | undefined => {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
};

/** Class 22 data exceptions, 23 constraint violations, 54 program limits: the fault of one row. */
export const isDataFault = (error: unknown): boolean => /^(22|23|54)/.test(codeOf(error) ?? '');

/** Deadlock or serialisation failure: nothing was written, repeating is right. */
export const isConflict = (error: unknown): boolean => ['40P01', '40001'].includes(codeOf(error) ?? '');

export const isUniqueViolation = (error: unknown): boolean => codeOf(error) === '23505';

/** Anything that is not the server's own verdict on the statement: the outcome is not known. */
export const isAmbiguous = (error: unknown): boolean => {
  const code = codeOf(error);
  return code === undefined || !/^[0-9A-Z]{5}$/.test(code) || /^(08|57P0)/.test(code);
};
