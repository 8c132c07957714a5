/** The browser's API: a table of contents. Each area parses with its services' schemas, makes one call and answers. */
import { apiKeysRouter } from './api-keys/api-keys-router';
import { approvalsRouter } from './approvals/approvals-router';
import { eventsRouter } from './events/events-router';
import { firstVisitRouter } from './first-visit/first-visit-router';
import { flowsRouter } from './flows/flows-router';
import { router } from './init';
import { lanesRouter } from './lanes/lanes-router';
import { profileRouter } from './profile/profile-router';
import { runsRouter } from './runs/runs-router';
import { secretsRouter } from './secrets/secrets-router';
import { systemRouter } from './system/system-router';
import { variablesRouter } from './variables/variables-router';
import { workersRouter } from './workers/workers-router';

export const appRouter = router({
  flows: flowsRouter,
  runs: runsRouter,
  approvals: approvalsRouter,
  lanes: lanesRouter,
  events: eventsRouter,
  variables: variablesRouter,
  secrets: secretsRouter,
  apiKeys: apiKeysRouter,
  workers: workersRouter,
  profile: profileRouter,
  firstVisit: firstVisitRouter,
  system: systemRouter,
});

export type AppRouter = typeof appRouter;
