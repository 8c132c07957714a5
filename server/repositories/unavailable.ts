/**
 * Tells a database that cannot be reached from a statement that is wrong, whichever driver reports it, so that callers
 * are told to try again (503) instead of being told of a fault of ours (500). Refuses to hide anything else.
 */
import { HeadraceError } from '@/core/errors';

/** Class 08 connection exceptions, 57P shutdowns, 53300 too many connections (PostgreSQL manual, appendix A). */
const serverCodes = /^(08...|57P0[1-4]|53300)$/;
/** P1001 to P1017: connection; P2024, P2028: no connection in time (Prisma error reference). */
const prismaCodes = /^(P1001|P1002|P1008|P1017|P2024|P2028)$/;
const socketCodes = /^(ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE|ENOTFOUND|EHOSTUNREACH|EAI_AGAIN)$/;
/** The pg driver throws these as plain errors. */
const driverMessages =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection)/;

/** Causes nest: adapter in client in pool. More levels than this nobody builds. */
const causeDepth = 4;

const isUnavailable = (error: unknown, depth = 0): boolean => {
  if (typeof error !== 'object' || error === null || depth > causeDepth) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const message = 'message' in error && typeof error.message === 'string' ? error.message : '';
  if ([serverCodes, prismaCodes, socketCodes].some((shape) => shape.test(code)) || driverMessages.test(message)) {
    return true;
  }
  return 'cause' in error && isUnavailable(error.cause, depth + 1);
};

/** @returns `database.unavailable` when that is what it means, otherwise the error itself */
export const translateDatabaseError = (error: unknown): unknown =>
  isUnavailable(error)
    ? new HeadraceError('database.unavailable', 'The database cannot be reached. Try again.', { cause: error })
    : error;
