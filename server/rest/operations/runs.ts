/** The runs of the REST API. */
import { z } from 'zod';
import { pageInput } from '@/server/services/common-schemas';
import { flowInput } from '@/server/services/flows/schemas';
import {
  iterationPageSchema,
  journalPageSchema,
  listIterationsInput,
  listRunsInput,
  repeatQuery,
  rerunBody,
  rerunPreviewSchema,
  resolveRunBody,
  runInput,
  runPageSchema,
  runSchema,
  startedRunSchema,
  startRunBody,
  stopRunInput,
  waitMs,
} from '@/server/services/runs/schemas';
import { defineOperation, jsonBody, type Operation } from '../operation';
import { emptyBody } from './empty-body';

const stopBody = jsonBody(stopRunInput.omit({ runId: true }), { isOptional: true });

const repeatAnswers = {
  202: { description: 'The new run is durable and goes on', schema: startedRunSchema },
  200: { description: 'With `preview`: what it would do', schema: rerunPreviewSchema },
};
const started = (run: { runId: string }) => ({
  status: 202,
  body: run,
  headers: { location: `/api/v1/runs/${run.runId}`, 'headrace-run-id': run.runId },
});

export const runOperations: readonly Operation[] = [
  defineOperation({
    id: 'runs.start',
    method: 'POST',
    path: '/flows/{flowId}/runs',
    summary: 'Start a run',
    description: 'By the manual trigger of the flow. With `wait` (ms) the run itself when it ends in time.',
    scope: 'runs:write',
    params: flowInput,
    query: z.strictObject({ wait: waitMs.optional().describe('Milliseconds to wait for the end of the run') }),
    body: jsonBody(startRunBody, { isOptional: true }),
    answers: {
      202: { description: 'The run is durable and goes on', schema: startedRunSchema },
      200: { description: 'The run has ended', schema: runSchema },
    },
    problems: [409],
    async handle({ services, caller, params, query, body, hops }) {
      const started = await services.runs.start(caller, { ...params, ...body }, hops);
      const location = { location: `/api/v1/runs/${started.runId}`, 'headrace-run-id': started.runId };
      const mayRead = query.wait !== undefined && query.wait > 0 && caller.scopes.has('runs:read');
      const run = mayRead ? await services.runs.wait(caller, { ...started, waitMs: query.wait ?? 0 }) : null;
      return run === null
        ? { status: 202, body: started, headers: location }
        : { status: 200, body: run, headers: location };
    },
  }),
  defineOperation({
    id: 'runs.list',
    method: 'GET',
    path: '/runs',
    summary: 'List runs',
    description: 'Newest first, without steps. `tag.<name>=<value>` filters by a tag.',
    scope: 'runs:read',
    query: listRunsInput,
    answers: { 200: { description: 'A page of runs', schema: runPageSchema } },
    handle: async ({ services, caller, query }) => ({ status: 200, body: await services.runs.list(caller, query) }),
  }),
  defineOperation({
    id: 'runs.get',
    method: 'GET',
    path: '/runs/{runId}',
    summary: 'Get a run with its steps',
    scope: 'runs:read',
    params: runInput,
    answers: { 200: { description: 'The run', schema: runSchema } },
    handle: async ({ services, caller, params }) => ({ status: 200, body: await services.runs.get(caller, params) }),
  }),
  defineOperation({
    id: 'runs.iterations',
    method: 'GET',
    path: '/runs/{runId}/iterations',
    summary: 'List the iterations of a loop',
    description: 'In the order of its list, those that have not begun as `pending`.',
    scope: 'runs:read',
    params: runInput,
    query: listIterationsInput.omit({ runId: true }),
    answers: { 200: { description: 'A page of iterations', schema: iterationPageSchema } },
    handle: async ({ services, caller, params, query }) => ({
      status: 200,
      body: await services.runs.iterations(caller, { ...params, ...query }),
    }),
  }),
  defineOperation({
    id: 'runs.journal',
    method: 'GET',
    path: '/runs/{runId}/journal',
    summary: 'Read the journal of a run',
    description: 'Ascending by seq.',
    scope: 'runs:read',
    params: runInput,
    query: z.strictObject(pageInput),
    answers: { 200: { description: 'A page of entries', schema: journalPageSchema } },
    handle: async ({ services, caller, params, query }) => ({
      status: 200,
      body: await services.runs.journal(caller, { ...params, ...query }),
    }),
  }),
  defineOperation({
    id: 'runs.cancel',
    method: 'POST',
    path: '/runs/{runId}/cancel',
    summary: 'Cancel a run',
    description:
      'Settles what is in flight, undoes what can be undone, then ends the run as cancelled. A run that undoes already ' +
      'goes on as it is; one past its pivot is refused.',
    scope: 'runs:write',
    params: runInput,
    body: stopBody,
    answers: { 202: { description: 'Asked for', schema: startedRunSchema } },
    problems: [409],
    async handle({ services, caller, params, body }) {
      await services.runs.cancel(caller, { ...params, ...body });
      return { status: 202, body: params };
    },
  }),
  defineOperation({
    id: 'runs.terminate',
    method: 'POST',
    path: '/runs/{runId}/terminate',
    summary: 'Terminate a run',
    description: 'Stops at once and undoes nothing.',
    scope: 'runs:write',
    params: runInput,
    body: stopBody,
    answers: { 202: { description: 'Asked for', schema: startedRunSchema } },
    problems: [409],
    async handle({ services, caller, params, body }) {
      await services.runs.terminate(caller, { ...params, ...body });
      return { status: 202, body: params };
    },
  }),
  defineOperation({
    id: 'runs.resolve',
    method: 'POST',
    path: '/runs/{runId}/resolve',
    summary: 'Decide about a step that holds its run',
    description: 'One of the actions that the run gives in its reason. Of two decisions at once the first counts.',
    scope: 'runs:write',
    params: runInput,
    body: jsonBody(resolveRunBody),
    answers: { 202: { description: 'Decided', schema: startedRunSchema } },
    problems: [409],
    async handle({ services, caller, params, body }) {
      await services.runs.resolve(caller, { ...params, ...body });
      return { status: 202, body: params };
    },
  }),
  defineOperation({
    id: 'runs.retry',
    method: 'POST',
    path: '/runs/{runId}/retry',
    summary: 'Retry what did not succeed',
    description:
      'Starts a new run, linked by `retryOf`: outcomes that stand are reused, what failed or was undone acts again. ' +
      'Refused while another run that came from this one goes on, unless forced.',
    scope: 'runs:write',
    params: runInput,
    query: repeatQuery,
    body: emptyBody,
    answers: repeatAnswers,
    problems: [409],
    async handle({ services, caller, params, query: { preview, ...query } }) {
      return preview === true
        ? { status: 200, body: await services.runs.previewRerun(caller, { ...params, retry: true }) }
        : started(await services.runs.retry(caller, { ...params, ...query }));
    },
  }),
  defineOperation({
    id: 'runs.rerun',
    method: 'POST',
    path: '/runs/{runId}/rerun',
    summary: 'Run again, whole or from a step',
    description: 'As a retry, of any run that has ended; on another version or with other data when asked.',
    scope: 'runs:write',
    params: runInput,
    query: repeatQuery,
    body: jsonBody(rerunBody, { isOptional: true }),
    answers: repeatAnswers,
    problems: [409],
    async handle({ services, caller, params, query: { preview, ...query }, body }) {
      return preview === true
        ? { status: 200, body: await services.runs.previewRerun(caller, { ...params, ...body }) }
        : started(await services.runs.rerun(caller, { ...params, ...query, ...body }));
    },
  }),
];
