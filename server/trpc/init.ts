/**
 * The floor of every procedure: one error shape, one log line, the origin check for whatever changes something, and
 * the rule that a procedure is for signed-in people unless it says otherwise. Refuses to know any area.
 */
import { initTRPC } from '@trpc/server';
import { HeadraceError, toProblem } from '@/core/errors';
import { ownOrigins, requireOwnOrigin } from '@/server/auth/origin';
import { callerOf } from '@/server/auth/roles';
import type { Log } from '@/server/services/ports';
import type { RouterContext } from './context';
import { headraceErrorOf, withStatus } from './problem';

/** Proxies close a silent connection after 30 to 60 s; a comment every 15 s keeps it and finds dead ones. */
const pingIntervalMs = 15_000;
/** Two pings lost and a margin: the browser opens the stream again. */
const reconnectAfterInactivityMs = 40_000;

const t = initTRPC.context<RouterContext>().create({
  isDev: false,
  sse: { ping: { enabled: true, intervalMs: pingIntervalMs }, client: { reconnectAfterInactivityMs } },
  errorFormatter: ({ shape, error, input }) => {
    const problem = toProblem(headraceErrorOf(error, input));
    return {
      code: shape.code,
      message: problem.detail,
      data: { code: shape.data.code, httpStatus: problem.status, path: shape.data.path, problem },
    };
  },
});

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;

const report = t.middleware(async ({ ctx, path, type, next, getRawInput }) => {
  const startedAtMs = ctx.deps.clock.nowMs();
  const result = await next();
  const facts = { path, type, durationMs: ctx.deps.clock.nowMs() - startedAtMs, userId: ctx.signedIn?.user.id };
  if (result.ok) {
    ctx.deps.log.debug(facts, 'procedure answered');
    return result;
  }
  const error = headraceErrorOf(result.error, await getRawInput());
  logFailure(ctx.deps.log, facts, error);
  throw withStatus(error);
});

const ownOriginForChanges = t.middleware(({ ctx, type, next }) => {
  if (type === 'mutation') requireOwnOrigin(ctx.headers, ownOrigins(ctx.deps.env));
  return next();
});

const signedInOnly = t.middleware(({ ctx, next }) => {
  const { signedIn } = ctx;
  if (signedIn === null) throw new HeadraceError('auth.required', 'Your session has ended. Sign in again.');
  return next({ ctx: { signedIn, caller: callerOf(signedIn), services: ctx.deps.services } });
});

/** For the first visit, before anybody can be signed in. */
export const publicProcedure = t.procedure.use(report).use(ownOriginForChanges);

/** For signed-in people. `ctx.caller` is what services want; they check its scopes. */
export const protectedProcedure = publicProcedure.use(signedInOnly);

/** A caller's own mistake is no news for the operator; ours is. */
function logFailure(log: Log, facts: object, error: HeadraceError): void {
  const line = { ...facts, code: error.code, err: error };
  if (error.kind === 'bug') log.error(line, 'procedure failed');
  else if (error.kind === 'transient') log.warn(line, 'procedure failed for now');
  else log.debug({ ...facts, code: error.code }, 'procedure refused');
}
