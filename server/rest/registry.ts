/** Every operation of the REST API. The router, OpenAPI and the test of workspace borders all read this list. */
import type { Operation } from './operation';
import { approvalOperations } from './operations/approvals';
import { eventOperations } from './operations/events';
import { flowOperations } from './operations/flows';
import { laneOperations } from './operations/lanes';
import { runOperations } from './operations/runs';
import { workspaceOperations } from './operations/workspace';

export const operations: readonly Operation[] = [
  ...flowOperations,
  ...runOperations,
  ...approvalOperations,
  ...laneOperations,
  ...eventOperations,
  ...workspaceOperations,
];
