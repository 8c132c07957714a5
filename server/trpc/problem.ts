/**
 * Between tRPC's errors and ours: what a procedure throws becomes a HeadraceError with the HTTP status its code has,
 * and what reaches the browser is its problem document. Refuses to pass on stack traces and foreign messages.
 */
import { TRPCError } from '@trpc/server';
import { ZodError } from 'zod';
import { type ErrorCode, HeadraceError, isHeadraceError } from '@/core/errors';
import { zodFaults } from '@/core/zod-faults';

const codeByStatus: Readonly<Record<number, TRPCError['code']>> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_SUPPORTED',
  408: 'TIMEOUT',
  409: 'CONFLICT',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  422: 'UNPROCESSABLE_CONTENT',
  428: 'PRECONDITION_REQUIRED',
  429: 'TOO_MANY_REQUESTS',
  502: 'BAD_GATEWAY',
  503: 'SERVICE_UNAVAILABLE',
  504: 'GATEWAY_TIMEOUT',
};

/** What tRPC itself refuses before a procedure runs. Everything else that is not ours is a bug. */
const ownCodes: Partial<Record<TRPCError['code'], readonly [ErrorCode, string]>> = {
  NOT_FOUND: ['resource.notFound', 'There is no such procedure. The page may be older than the server: reload it.'],
  PARSE_ERROR: ['request.malformed', 'The request is not valid JSON.'],
  BAD_REQUEST: ['request.malformed', 'The request could not be read.'],
  METHOD_NOT_SUPPORTED: ['request.methodNotAllowed', 'This procedure does not answer that HTTP method.'],
  UNSUPPORTED_MEDIA_TYPE: ['request.unsupportedType', 'Send JSON.'],
  PAYLOAD_TOO_LARGE: ['request.tooLarge', 'The request is too large.'],
};

/**
 * @param error as tRPC holds it, with the thrown value as its cause
 * @param input of the procedure, which decides whether a field is missing or wrong
 */
export function headraceErrorOf(error: TRPCError, input: unknown): HeadraceError {
  const { cause } = error;
  if (isHeadraceError(cause)) return cause;
  if (cause instanceof ZodError) {
    return new HeadraceError('request.invalid', 'Some fields are missing or wrong.', {
      faults: zodFaults(cause, input),
    });
  }
  const own = ownCodes[error.code];
  if (own !== undefined) return new HeadraceError(own[0], own[1], { cause: error });
  return new HeadraceError('internal.bug', error.message, { cause: cause ?? error });
}

/** The same error with the HTTP status that belongs to its code. */
export const withStatus = (error: HeadraceError): TRPCError =>
  new TRPCError({ code: codeByStatus[error.status] ?? 'INTERNAL_SERVER_ERROR', message: error.message, cause: error });
