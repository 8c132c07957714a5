/** Questions to people in the REST API. */
import {
  answerBody,
  approvalInput,
  approvalLinkSchema,
  approvalPageSchema,
  approvalSchema,
  listApprovalsInput,
  makeLinkBody,
} from '@/server/services/approvals/schemas';
import { defineOperation, jsonBody, type Operation } from '../operation';

export const approvalOperations: readonly Operation[] = [
  defineOperation({
    id: 'approvals.list',
    method: 'GET',
    path: '/approvals',
    summary: 'List approvals',
    description: 'Newest first, or with `order=due` the open ones by their deadline. Without forms and answers.',
    scope: 'approvals:read',
    query: listApprovalsInput,
    answers: { 200: { description: 'A page of approvals', schema: approvalPageSchema } },
    handle: async ({ services, caller, query }) => ({
      status: 200,
      body: await services.approvals.list(caller, query),
    }),
  }),
  defineOperation({
    id: 'approvals.get',
    method: 'GET',
    path: '/approvals/{approvalId}',
    summary: 'Get an approval with its form and answer',
    scope: 'approvals:read',
    params: approvalInput,
    answers: { 200: { description: 'The approval', schema: approvalSchema } },
    handle: async ({ services, caller, params }) => ({
      status: 200,
      body: await services.approvals.get(caller, params),
    }),
  }),
  defineOperation({
    id: 'approvals.answer',
    method: 'POST',
    path: '/approvals/{approvalId}/answer',
    summary: 'Answer an approval',
    description:
      'Once: of two answers at the same time one counts, the other is told who answered and when. One that asks somebody ' +
      'by name takes a key that administers the workspace.',
    scope: 'approvals:write',
    params: approvalInput,
    body: jsonBody(answerBody),
    answers: { 200: { description: 'Answered; the run goes on', schema: approvalSchema } },
    problems: [409],
    handle: async ({ services, caller, params, body }) => ({
      status: 200,
      body: await services.approvals.answer(caller, { ...params, ...body }),
    }),
  }),
  defineOperation({
    id: 'approvals.makeLink',
    method: 'POST',
    path: '/approvals/{approvalId}/links',
    summary: 'Make a link that answers an approval',
    description:
      'It works once, without an account, until its time or that of the approval is over. It is told here and never again, ' +
      'so the answer is not kept for an Idempotency-Key: each request makes another link.',
    scope: 'approvals:link',
    params: approvalInput,
    body: jsonBody(makeLinkBody, { isOptional: true }),
    answers: { 201: { description: 'The link', schema: approvalLinkSchema } },
    problems: [409],
    isNeverKept: true,
    handle: async ({ services, caller, params, body }) => ({
      status: 201,
      body: await services.approvals.makeLink(caller, { ...params, ...body }),
    }),
  }),
  defineOperation({
    id: 'approvals.revokeLinks',
    method: 'DELETE',
    path: '/approvals/{approvalId}/links',
    summary: 'Revoke the links of an approval',
    description: 'None that was made until now works any more.',
    scope: 'approvals:link',
    params: approvalInput,
    answers: { 204: { description: 'Revoked' } },
    async handle({ services, caller, params }) {
      await services.approvals.revokeLinks(caller, params);
      return { status: 204 };
    },
  }),
];
