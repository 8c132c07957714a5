/** Variables, secrets and workers of the REST API. */
import {
  listSecretsInput,
  putSecretBody,
  secretInput,
  secretPageSchema,
  secretSchema,
} from '@/server/services/secrets/schemas';
import {
  listVariablesInput,
  putVariableBody,
  variableInput,
  variablePageSchema,
  variableSchema,
} from '@/server/services/variables/schemas';
import { listWorkersInput, workerListSchema } from '@/server/services/workers/schemas';
import { defineOperation, jsonBody, type Operation } from '../operation';

export const workspaceOperations: readonly Operation[] = [
  defineOperation({
    id: 'variables.list',
    method: 'GET',
    path: '/vars',
    summary: 'List variables',
    description: 'By name.',
    scope: 'vars:read',
    query: listVariablesInput,
    answers: { 200: { description: 'A page of variables', schema: variablePageSchema } },
    handle: async ({ services, caller, query }) => ({
      status: 200,
      body: await services.variables.list(caller, query),
    }),
  }),
  defineOperation({
    id: 'variables.get',
    method: 'GET',
    path: '/vars/{name}',
    summary: 'Get a variable',
    scope: 'vars:read',
    params: variableInput,
    answers: { 200: { description: 'The variable', schema: variableSchema } },
    handle: async ({ services, caller, params }) => ({
      status: 200,
      body: await services.variables.get(caller, params),
    }),
  }),
  defineOperation({
    id: 'variables.put',
    method: 'PUT',
    path: '/vars/{name}',
    summary: 'Set a variable',
    scope: 'vars:write',
    params: variableInput,
    badParams: 'invalid',
    body: jsonBody(putVariableBody),
    answers: { 200: { description: 'The variable', schema: variableSchema } },
    handle: async ({ services, caller, params, body }) => ({
      status: 200,
      body: await services.variables.put(caller, { ...params, ...body }),
    }),
  }),
  defineOperation({
    id: 'variables.remove',
    method: 'DELETE',
    path: '/vars/{name}',
    summary: 'Remove a variable',
    scope: 'vars:write',
    params: variableInput,
    answers: { 204: { description: 'Removed' } },
    async handle({ services, caller, params }) {
      await services.variables.remove(caller, params);
      return { status: 204 };
    },
  }),
  defineOperation({
    id: 'secrets.list',
    method: 'GET',
    path: '/secrets',
    summary: 'List the names of secrets',
    description: 'By name. Values are never returned.',
    scope: 'secrets:read',
    query: listSecretsInput,
    answers: { 200: { description: 'A page of secrets', schema: secretPageSchema } },
    handle: async ({ services, caller, query }) => ({ status: 200, body: await services.secrets.list(caller, query) }),
  }),
  defineOperation({
    id: 'secrets.put',
    method: 'PUT',
    path: '/secrets/{name}',
    summary: 'Set a secret',
    description: 'Sealed at once; sent only to the origins declared here.',
    scope: 'secrets:write',
    params: secretInput,
    badParams: 'invalid',
    body: jsonBody(putSecretBody),
    answers: { 200: { description: 'The secret, without its value', schema: secretSchema } },
    handle: async ({ services, caller, params, body }) => ({
      status: 200,
      body: await services.secrets.put(caller, { ...params, ...body }),
    }),
  }),
  defineOperation({
    id: 'secrets.remove',
    method: 'DELETE',
    path: '/secrets/{name}',
    summary: 'Remove a secret',
    scope: 'secrets:write',
    params: secretInput,
    answers: { 204: { description: 'Removed' } },
    async handle({ services, caller, params }) {
      await services.secrets.remove(caller, params);
      return { status: 204 };
    },
  }),
  defineOperation({
    id: 'workers.list',
    method: 'GET',
    path: '/workers',
    summary: 'List live workers',
    scope: 'workers:read',
    query: listWorkersInput,
    answers: { 200: { description: 'All live workers', schema: workerListSchema } },
    handle: async ({ services, caller }) => ({
      status: 200,
      body: { items: await services.workers.list(caller), nextCursor: null },
    }),
  }),
];
