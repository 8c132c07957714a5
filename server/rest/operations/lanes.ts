/** The lanes of the REST API: what stands in line at this moment. */
import { lanePageSchema, limitPageSchema, listLanesInput } from '@/server/services/lanes/schemas';
import { defineOperation, type Operation } from '../operation';

export const laneOperations: readonly Operation[] = [
  defineOperation({
    id: 'lanes.list',
    method: 'GET',
    path: '/lanes',
    summary: 'List lanes',
    description:
      'Lanes with a run in them: whose turn it is, how many wait, and since when the next one does. The lane whose first run is ' +
      'oldest on the stream comes first.',
    scope: 'runs:read',
    query: listLanesInput,
    answers: { 200: { description: 'A page of lanes', schema: lanePageSchema } },
    handle: async ({ services, caller, query }) => ({ status: 200, body: await services.lanes.list(caller, query) }),
  }),
  defineOperation({
    id: 'lanes.limits',
    method: 'GET',
    path: '/lanes/limits',
    summary: 'List flows with a limit',
    description:
      'How many runs of each flow are under way, of how many at the most, and how many wait. Flows at rest are left out.',
    scope: 'runs:read',
    query: listLanesInput,
    answers: { 200: { description: 'A page of flows', schema: limitPageSchema } },
    handle: async ({ services, caller, query }) => ({ status: 200, body: await services.lanes.limits(caller, query) }),
  }),
];
