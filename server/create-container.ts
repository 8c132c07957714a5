/**
 * The one composition root of the web process: every service with what it depends on, built once. Refuses logic: it only
 * wires. The worker process is wired in `workers/worker.ts` on the same platform.
 */
import { PrismaPg } from '@prisma/adapter-pg';
import { nodeDigest } from '@/server/adapters/node-digest';
import { createSecretBox } from '@/server/adapters/secret-box';
import { readPostgresVersion, readRedisVersion } from '@/server/adapters/server-versions';
import { createApprovalDoor } from '@/server/approve/create-approval-door';
import { readApprovalStyles } from '@/server/approve/read-styles';
import { type Auth, createAuth } from '@/server/auth/auth';
import type { Env } from '@/server/env';
import { PrismaClient } from '@/server/generated/prisma/client';
import type { HttpHandler } from '@/server/http/types';
import { createIngress, type Ingress } from '@/server/ingress/create-ingress';
import { createOps } from '@/server/ops';
import { createPlatform, type Platform } from '@/server/platform';
import { createAccountRepository } from '@/server/repositories/account-repository';
import { createApiKeyStore } from '@/server/repositories/api-key-store';
import { createApprovalStore } from '@/server/repositories/approval-store';
import { createCalledFlows } from '@/server/repositories/called-flows';
import { createEventQueries } from '@/server/repositories/event-queries';
import { createFlowStore } from '@/server/repositories/flow-store';
import { createIdempotencyStore } from '@/server/repositories/idempotency-store';
import { createLaneReader } from '@/server/repositories/lane-reader';
import { createRerunStore } from '@/server/repositories/reruns';
import { createRouteStore } from '@/server/repositories/route-store';
import { createRunFamily } from '@/server/repositories/run-family';
import { createRunOutcomes } from '@/server/repositories/run-outcomes';
import { createRunQueries } from '@/server/repositories/run-queries';
import { createSecretStore } from '@/server/repositories/secret-store';
import { createStoredSecrets } from '@/server/repositories/stored-secrets';
import { translateDatabaseError } from '@/server/repositories/unavailable';
import { createVariableStore } from '@/server/repositories/variable-store';
import { createVersionDocuments } from '@/server/repositories/version-documents';
import { createWorkerStore } from '@/server/repositories/worker-store';
import { createRestHandler } from '@/server/rest/create-rest-handler';
import type { ApiKeysService } from '@/server/services/api-keys/api-keys-service';
import { createApiKeysService } from '@/server/services/api-keys/create-api-keys-service';
import { createApprovalLinks } from '@/server/services/approvals/create-approval-links';
import { createApprovalsService } from '@/server/services/approvals/create-approvals-service';
import { createEventsService } from '@/server/services/events/create-events-service';
import { createFlowsService } from '@/server/services/flows/create-flows-service';
import { createRunnableVersions } from '@/server/services/flows/runnable-versions';
import { createLanesService } from '@/server/services/lanes/create-lanes-service';
import type { RunNotes } from '@/server/services/ports';
import { createRouting, type Routing } from '@/server/services/routing/create-routing';
import { createRunsService } from '@/server/services/runs/create-runs-service';
import { createSecretsService } from '@/server/services/secrets/create-secrets-service';
import { createSecretResolver } from '@/server/services/secrets/resolve-secrets';
import { createSystemService } from '@/server/services/system/system-service';
import { createVariablesService } from '@/server/services/variables/create-variables-service';
import { createWorkersService } from '@/server/services/workers/create-workers-service';
import type { Services } from '@/server/trpc/services';
import { version } from '@/server/version';

export interface Container extends Platform {
  readonly prisma: PrismaClient;
  readonly runNotes: RunNotes;
  readonly auth: Auth;
  readonly services: Services & { readonly apiKeys: ApiKeysService; readonly routing: Routing };
  /** ANY /hooks/… */
  readonly ingress: Ingress;
  /** /api/v1/… */
  readonly rest: HttpHandler;
  /** /approve/… */
  readonly approvalDoor: HttpHandler;
  /** /healthz, /readyz, /metrics */
  readonly ops: HttpHandler;
}

export async function createContainer(env: Env): Promise<Container> {
  const platform = await createPlatform(env, 'web');
  const { pool, hotPool, payloads, ids, clock, log, notes, wakeUps, eventLog } = platform;
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) });
  const digest = nodeDigest;
  const secretBox = createSecretBox(env.encryptionKey);
  const secretStore = createSecretStore(prisma);
  const secrets = createSecretResolver({ storedSecrets: createStoredSecrets(hotPool), secretBox });
  const accounts = createAccountRepository(prisma);
  const routing = createRouting({ store: createRouteStore(prisma), changes: notes, clock, log });
  const flowsDeps = {
    store: createFlowStore(prisma),
    calls: createCalledFlows(pool, createVersionDocuments(pool)),
    ids,
    digest,
    wakeUps,
    routesChanged: (workspaceId: string) => routing.routesChanged(workspaceId),
    log,
  };
  const approvalsDeps = {
    store: createApprovalStore(pool),
    digest,
    ids,
    publicUrl: env.publicUrl,
    wakeUps,
    log,
  };
  const approvals = createApprovalsService(approvalsDeps);
  const services = {
    flows: createFlowsService(flowsDeps),
    runs: createRunsService({
      reader: platform.runStore,
      queries: createRunQueries(pool),
      family: createRunFamily(pool),
      versions: createRunnableVersions(flowsDeps),
      eventLog,
      inbox: platform.runInbox,
      reruns: createRerunStore({ pool, payloads }),
      approvals,
      notes,
      ids,
      clock,
      wakeUps,
      log,
    }),
    lanes: createLanesService({ reader: createLaneReader(pool) }),
    approvals,
    events: createEventsService({ eventLog, queries: createEventQueries({ pool, payloads }), wakeUps, log }),
    variables: createVariablesService({ store: createVariableStore(prisma), ids, changes: notes, log }),
    secrets: createSecretsService({ store: secretStore, secretBox, ids }),
    apiKeys: createApiKeysService({ store: createApiKeyStore(prisma), changes: notes, digest, ids, clock, log }),
    workers: createWorkersService({ store: createWorkerStore(pool) }),
    system: createSystemService({
      version,
      node: process.version,
      readPostgresVersion: () => readPostgresVersion(pool),
      readRedisVersion: () => readRedisVersion(platform.redis),
    }),
    routing,
  };
  return {
    ...platform,
    prisma,
    runNotes: notes,
    auth: createAuth({ prisma, accounts, env, clock, ids, log }),
    services,
    ingress: createIngress({
      routing,
      secrets,
      eventLog,
      wakeUps,
      notes,
      outcomes: createRunOutcomes({ pool: hotPool, payloads }),
      clock,
      ids,
      log,
      translateError: translateDatabaseError,
    }),
    rest: createRestHandler({
      services,
      idempotency: createIdempotencyStore(pool),
      digest,
      log,
      version,
      translateError: translateDatabaseError,
    }),
    approvalDoor: createApprovalDoor({
      links: createApprovalLinks(approvalsDeps),
      styles: await readApprovalStyles(),
      isSecure: env.publicUrl.startsWith('https:'),
      clock,
      log,
      translateError: translateDatabaseError,
    }),
    ops: createOps({ pool, redis: platform.redis, version }),
    async close() {
      routing.close();
      await prisma.$disconnect();
      await platform.close();
    },
  };
}
