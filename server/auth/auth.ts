/**
 * Sign-in for people: better-auth with e-mail and password on our tables, and around it only what the product needs.
 * Refuses public sign-up (the first visit makes the owner) and every endpoint of the library that no screen uses, so
 * that its next release cannot open a door nobody meant to have.
 */
import { betterAuth } from 'better-auth';
import { prismaAdapter } from 'better-auth/adapters/prisma';
import { HeadraceError, toProblem } from '@/core/errors';
import { deriveKey } from '@/server/adapters/secret-box';
import { clientAddressHeader } from '@/server/http/internal-headers';
import type { AccountRepository } from '@/server/repositories/account-repository';
import type { Clock, Ids, Log } from '@/server/services/ports';
import { createFirstVisit, type FirstVisit } from './first-visit';
import { ownOrigins, requireOwnOrigin } from './origin';
import { createProfileService, type ProfileService } from './profile';
import { parseRole, type SignedIn } from './roles';

const daySeconds = 24 * 60 * 60;
/** A session lives a week after it was last used, and is renewed at most once a day to spare the database. */
const sessionSeconds = { expiresIn: 7 * daySeconds, updateAge: daySeconds };
/** Attempts per address. A person mistypes a few times; a guesser gets 20 and must then stay silent for a minute. */
const signInAttempts = { window: 60, max: 20 };

const openPaths: ReadonlySet<string> = new Set(['POST /api/auth/sign-in/email', 'POST /api/auth/sign-out']);

export interface AuthDeps {
  /** Handed to better-auth's adapter, which finds the models user, session, account and verification on it. */
  readonly prisma: object;
  readonly accounts: AccountRepository;
  readonly env: {
    readonly publicUrl: string;
    readonly isLoopback: boolean;
    /** 32 bytes; the session secret derives from it. */
    readonly encryptionKey: Buffer;
    readonly setupToken: string | undefined;
  };
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

export interface SessionReading {
  readonly signedIn: SignedIn | null;
  /** `Set-Cookie` values to answer with when the session was renewed or has ended. */
  readonly setCookies: readonly string[];
}

export interface Auth {
  /** Answers /api/auth/*: sign-in and sign-out. */
  handle(request: Request): Promise<Response>;
  /**
   * Who sent this request.
   * @param options.renew extends a session that is in use; only where the answer can carry cookies
   */
  readSession(headers: Headers, options: { readonly renew: boolean }): Promise<SessionReading>;
  readonly firstVisit: FirstVisit;
  readonly profile: ProfileService;
}

export function createAuth(deps: AuthDeps): Auth {
  const library = createLibrary(deps);
  const origins = ownOrigins(deps.env);

  const readSession: Auth['readSession'] = async (headers, { renew }) => {
    const query = renew ? {} : { disableRefresh: true };
    const { headers: answer, response } = await library.api.getSession({ headers, query, returnHeaders: true });
    const setCookies = answer.getSetCookie();
    const membership = response && (await deps.accounts.findMembership(response.user.id));
    if (!response || !membership) return { signedIn: null, setCookies };
    const { user, session } = response;
    const signedIn: SignedIn = {
      sessionId: session.id,
      expiresAtMs: session.expiresAt.getTime(),
      user: { id: user.id, name: user.name, email: user.email },
      workspace: membership.workspace,
      role: parseRole(membership.role),
    };
    return { signedIn, setCookies };
  };

  return {
    async handle(request) {
      const endpoint = `${request.method} ${new URL(request.url).pathname}`;
      if (!openPaths.has(endpoint)) return refusal(new HeadraceError('resource.notFound', 'There is nothing here.'));
      try {
        // The library checks the origin of requests with cookies only; signing in must not be possible from elsewhere.
        requireOwnOrigin(request.headers, origins);
      } catch (error) {
        return refusal(error);
      }
      return library.handler(request);
    },
    readSession,
    firstVisit: createFirstVisit(deps),
    profile: createProfileService(deps),
  };
}

function createLibrary({ prisma, env, ids, log }: AuthDeps) {
  return betterAuth({
    appName: 'Headrace',
    baseURL: env.publicUrl,
    basePath: '/api/auth',
    secret: deriveKey(env.encryptionKey, 'session').toString('base64url'),
    trustedOrigins: [...ownOrigins(env)],
    database: prismaAdapter(prisma, { provider: 'postgresql' }),
    emailAndPassword: { enabled: true, disableSignUp: true },
    session: sessionSeconds,
    rateLimit: { enabled: true, storage: 'memory', customRules: { '/sign-in/email': signInAttempts } },
    advanced: {
      cookiePrefix: 'headrace',
      useSecureCookies: env.publicUrl.startsWith('https:'),
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax', path: '/' },
      database: { generateId: () => ids.uuid() },
      ipAddress: { ipAddressHeaders: [clientAddressHeader] },
    },
    telemetry: { enabled: false },
    logger: {
      level: 'warn',
      log: (level, message, ...details) => log[level]({ from: 'better-auth', details: details.map(String) }, message),
    },
  });
}

function refusal(error: unknown): Response {
  const problem = toProblem(error);
  return Response.json(problem, { status: problem.status, headers: { 'content-type': 'application/problem+json' } });
}
