/**
 * The web process without its listener: the real container on databases of its own, people of several workspaces and
 * roles, and callers of the router in their name.
 */
import { hashPassword } from 'better-auth/crypto';
import { v7 as uuidv7 } from 'uuid';
import type { Role } from '@/server/auth/roles';
import { type Container, createContainer } from '@/server/create-container';
import { parseEnv } from '@/server/env';
import { createRouterContext } from '@/server/trpc/context';
import { createCallerFactory } from '@/server/trpc/init';
import { appRouter } from '@/server/trpc/router';
import { openBrowser } from './accounts';
import { testEncryptionKey, testServers } from './test-platform';

export async function openWeb(): Promise<Container> {
  const { databaseUrl, redisUrl } = await testServers();
  return createContainer(
    parseEnv({
      NODE_ENV: 'test',
      LOG_LEVEL: 'silent',
      DATABASE_URL: databaseUrl,
      REDIS_URL: redisUrl,
      HEADRACE_ENCRYPTION_KEY: testEncryptionKey,
    }),
  );
}

const password = 'the same for everybody';

/** A person with a role in a workspace, signed in. The workspace is made when it is missing. */
export async function openPerson({ prisma, auth }: Container, slug: string, role: Role) {
  const email = `${role}-${uuidv7()}@example.com`;
  const userId = uuidv7();
  const workspace = await prisma.workspace.upsert({
    where: { slug },
    create: { id: uuidv7(), slug, name: slug },
    update: {},
  });
  await prisma.user.create({
    data: {
      id: userId,
      name: role,
      email,
      accounts: {
        create: { id: uuidv7(), accountId: userId, providerId: 'credential', password: await hashPassword(password) },
      },
      memberships: { create: { workspaceId: workspace.id, role } },
    },
  });
  const browser = openBrowser();
  await browser.post({ auth }, 'sign-in/email', { email, password });
  return { email, userId, workspaceId: workspace.id, headers: browser.headers };
}

const createCaller = createCallerFactory(appRouter);

export type RouterCaller = ReturnType<typeof createCaller>;

/** The router as a page with these headers would call it. */
export async function callerWith(web: Container, headers: Headers): Promise<RouterCaller> {
  return createCaller(await createRouterContext(web, headers, new Headers()));
}

/** Calls a procedure by its path, such as `flows.get`. */
export function callProcedure(caller: RouterCaller, path: string, input: unknown): Promise<unknown> {
  const [area = '', name = ''] = path.split('.');
  const procedures = (caller as unknown as Record<string, Record<string, (input: unknown) => Promise<unknown>>>)[area];
  const procedure = procedures?.[name];
  if (procedure === undefined) throw new Error(`there is no procedure ${path}`);
  return procedure(input);
}
