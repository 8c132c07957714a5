/** The services the routers call: interfaces only, so that Next's bundle contains no repository and no adapter. */
import type { ApiKeysService } from '@/server/services/api-keys/api-keys-service';
import type { ApprovalsService } from '@/server/services/approvals/approvals-service';
import type { EventsService } from '@/server/services/events/events-service';
import type { FlowsService } from '@/server/services/flows/flows-service';
import type { LanesService } from '@/server/services/lanes/lanes-service';
import type { RunsService } from '@/server/services/runs/runs-service';
import type { SecretsService } from '@/server/services/secrets/secrets-service';
import type { SystemService } from '@/server/services/system/system-service';
import type { VariablesService } from '@/server/services/variables/variables-service';
import type { WorkersService } from '@/server/services/workers/workers-service';

export interface Services {
  readonly flows: FlowsService;
  readonly runs: RunsService;
  readonly lanes: LanesService;
  readonly approvals: ApprovalsService;
  readonly events: EventsService;
  readonly variables: VariablesService;
  readonly secrets: SecretsService;
  readonly apiKeys: ApiKeysService;
  readonly workers: WorkersService;
  readonly system: SystemService;
}
