/** The flows of the REST API. */
import { z } from 'zod';
import { draftSchema } from '@/core/flow/document';
import { pageInput } from '@/server/services/common-schemas';
import {
  flowInput,
  flowPageSchema,
  flowSchema,
  flowSummarySchema,
  int32Max,
  listFlowsInput,
  publishBody,
  publishedFlowSchema,
  savedFlowSchema,
  versionPageSchema,
  versionSchema,
} from '@/server/services/flows/schemas';
import { defineOperation, documentBody, jsonBody, type Operation } from '../operation';
import { emptyBody } from './empty-body';

/** A revision as an entity tag. */
const etag = (revision: number): string => `"${revision}"`;

/** A segment of digits; others are paths to nowhere. */
const versionParams = z.strictObject({
  flowId: flowInput.shape.flowId,
  version: z
    .string()
    .regex(/^[1-9]\d{0,9}$/)
    .transform(Number)
    .pipe(z.int().max(int32Max)),
});

export const flowOperations: readonly Operation[] = [
  defineOperation({
    id: 'flows.create',
    method: 'POST',
    path: '/flows',
    summary: 'Create a flow',
    description: 'The body is the flow document. A draft may be incomplete; its shape must be right.',
    scope: 'flows:write',
    body: documentBody(draftSchema),
    answers: { 201: { description: 'The new flow', schema: savedFlowSchema } },
    async handle({ services, caller, body }) {
      const saved = await services.flows.create(caller, { document: body });
      return {
        status: 201,
        body: saved,
        headers: { etag: etag(saved.revision), location: `/api/v1/flows/${saved.id}` },
      };
    },
  }),
  defineOperation({
    id: 'flows.list',
    method: 'GET',
    path: '/flows',
    summary: 'List flows',
    description: 'Newest first, without documents.',
    scope: 'flows:read',
    query: listFlowsInput,
    answers: { 200: { description: 'A page of flows', schema: flowPageSchema } },
    handle: async ({ services, caller, query }) => ({ status: 200, body: await services.flows.list(caller, query) }),
  }),
  defineOperation({
    id: 'flows.get',
    method: 'GET',
    path: '/flows/{flowId}',
    summary: 'Get a flow with its draft',
    description: 'The ETag is the revision, as If-Match of a change wants it.',
    scope: 'flows:read',
    params: flowInput,
    answers: { 200: { description: 'The flow', schema: flowSchema } },
    async handle({ services, caller, params }) {
      const flow = await services.flows.get(caller, params);
      return { status: 200, body: flow, headers: { etag: etag(flow.revision) } };
    },
  }),
  defineOperation({
    id: 'flows.save',
    method: 'PUT',
    path: '/flows/{flowId}',
    summary: 'Replace the draft',
    description: 'If-Match holds the revision the change was made on, quoted or bare.',
    scope: 'flows:write',
    params: flowInput,
    body: documentBody(draftSchema),
    takesIfMatch: true,
    answers: { 200: { description: 'The new revision', schema: savedFlowSchema } },
    problems: [409],
    async handle({ services, caller, params, body, revision }) {
      const saved = await services.flows.save(caller, { ...params, revision: revision ?? 0, document: body });
      return { status: 200, body: saved, headers: { etag: etag(saved.revision) } };
    },
  }),
  defineOperation({
    id: 'flows.remove',
    method: 'DELETE',
    path: '/flows/{flowId}',
    summary: 'Delete a flow',
    description: 'Its hooks answer 404, running runs finish, history stays.',
    scope: 'flows:write',
    params: flowInput,
    answers: { 204: { description: 'Deleted' } },
    async handle({ services, caller, params }) {
      await services.flows.remove(caller, params);
      return { status: 204 };
    },
  }),
  defineOperation({
    id: 'flows.publish',
    method: 'POST',
    path: '/flows/{flowId}/publish',
    summary: 'Publish the draft',
    description: 'Makes the draft the live version. An unchanged draft gives the same version.',
    scope: 'flows:write',
    params: flowInput,
    body: jsonBody(publishBody, { isOptional: true }),
    answers: { 200: { description: 'The live version', schema: publishedFlowSchema } },
    problems: [409],
    handle: async ({ services, caller, params, body }) => ({
      status: 200,
      body: await services.flows.publish(caller, { ...params, ...body }),
    }),
  }),
  defineOperation({
    id: 'flows.pause',
    method: 'POST',
    path: '/flows/{flowId}/pause',
    summary: 'Pause a flow',
    description: 'Events are kept and run on resume.',
    scope: 'flows:write',
    params: flowInput,
    body: emptyBody,
    answers: { 200: { description: 'The flow', schema: flowSummarySchema } },
    handle: async ({ services, caller, params }) => ({ status: 200, body: await services.flows.pause(caller, params) }),
  }),
  defineOperation({
    id: 'flows.resume',
    method: 'POST',
    path: '/flows/{flowId}/resume',
    summary: 'Resume a flow',
    description: 'Runs that the pause kept back start now.',
    scope: 'flows:write',
    params: flowInput,
    body: emptyBody,
    answers: { 200: { description: 'The flow', schema: flowSummarySchema } },
    handle: async ({ services, caller, params }) => ({
      status: 200,
      body: await services.flows.resume(caller, params),
    }),
  }),
  defineOperation({
    id: 'flows.versions',
    method: 'GET',
    path: '/flows/{flowId}/versions',
    summary: 'List the versions of a flow',
    description: 'Newest first. A page ends early when its documents are large.',
    scope: 'flows:read',
    params: flowInput,
    query: z.strictObject(pageInput),
    answers: { 200: { description: 'A page of versions', schema: versionPageSchema } },
    handle: async ({ services, caller, params, query }) => ({
      status: 200,
      body: await services.flows.versionsWithDocuments(caller, { ...params, ...query }),
    }),
  }),
  defineOperation({
    id: 'flows.version',
    method: 'GET',
    path: '/flows/{flowId}/versions/{version}',
    summary: 'Get one version',
    scope: 'flows:read',
    params: versionParams,
    answers: { 200: { description: 'The version', schema: versionSchema } },
    handle: async ({ services, caller, params }) => ({
      status: 200,
      body: await services.flows.version(caller, params),
    }),
  }),
  defineOperation({
    id: 'flows.promote',
    method: 'POST',
    path: '/flows/{flowId}/versions/{version}/promote',
    summary: 'Make an earlier version live again',
    scope: 'flows:write',
    params: versionParams,
    body: emptyBody,
    answers: { 200: { description: 'The version, now live', schema: versionSchema } },
    problems: [409],
    handle: async ({ services, caller, params }) => ({
      status: 200,
      body: await services.flows.promote(caller, params),
    }),
  }),
];
