/**
 * The OpenAPI 3.1 document, generated from the operations the router serves. Refuses to describe anything by hand that
 * a schema already says.
 */
import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import { errorCodes } from '@/core/errors';
import { draftSchema } from '@/core/flow/document';
import { eventViewSchema } from '@/server/services/events/schemas';
import { documentSchema, flowSchema, flowSummarySchema, versionSchema } from '@/server/services/flows/schemas';
import { attemptSchema, runSchema, runSummarySchema, stepViewSchema } from '@/server/services/runs/schemas';
import { secretSchema } from '@/server/services/secrets/schemas';
import { variableSchema } from '@/server/services/variables/schemas';
import { workerSchema } from '@/server/services/workers/schemas';
import type { BodySpec, Operation } from './operation';
import { basePath } from './router';

export const openApiPath = `${basePath}/openapi.json`;

type JsonSchema = Record<string, unknown>;

/** Schemas with a name of their own; everything else is written where it is used. */
const named: Readonly<Record<string, z.ZodType>> = {
  Flow: flowSchema,
  FlowSummary: flowSummarySchema,
  FlowVersion: versionSchema,
  FlowDocument: draftSchema,
  Run: runSchema,
  RunSummary: runSummarySchema,
  Step: stepViewSchema,
  Attempt: attemptSchema,
  Event: eventViewSchema,
  Variable: variableSchema,
  Secret: secretSchema,
  Worker: workerSchema,
};

const problemSchema: JsonSchema = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'detail'],
  properties: {
    type: { type: 'string', description: '`/problems/` and the code' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', enum: Object.keys(errorCodes) },
    detail: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'code', 'message'],
        properties: {
          pointer: { type: 'string', description: 'JSON pointer into the body, or `?name` of a query parameter' },
          code: { type: 'string' },
          message: { type: 'string' },
          stepId: { type: 'string' },
          severity: { type: 'string', enum: ['error', 'warning'] },
        },
      },
    },
  },
};

/** @param version of Headrace */
export function openApiDocument(operations: readonly Operation[], version: string): JsonSchema {
  const schemas = createSchemaWriter();
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) {
    const methods = paths[operation.path] ?? {};
    methods[operation.method.toLowerCase()] = describeOperation(operation, schemas.write);
    paths[operation.path] = methods;
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Headrace', version, description: 'Event flows and sagas that people draw, run and inspect.' },
    servers: [{ url: basePath }],
    security: [{ apiKey: [] }],
    paths,
    components: {
      securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', description: 'An API key of the workspace' } },
      schemas: { ...schemas.components(), Problem: problemSchema },
    },
  };
}

type WriteSchema = (schema: z.ZodType, io: 'input' | 'output') => JsonSchema;

/** Writes schemas, putting those with a name aside and referring to them. */
function createSchemaWriter() {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(named)) registry.add(schema, { id });
  const components: Record<string, JsonSchema> = {};

  const write: WriteSchema = (schema, io) => {
    const written = z.toJSONSchema(schema, {
      io,
      metadata: registry,
      unrepresentable: 'any',
      override: ({ zodSchema, jsonSchema }) => {
        if (zodSchema === documentSchema) jsonSchema.$ref = '#/$defs/FlowDocument';
        // A registry of our own hides what `.describe()` put into zod's.
        const { description } = z.globalRegistry.get(zodSchema) ?? {};
        if (description !== undefined) jsonSchema.description = description;
      },
    });
    const { $defs = {}, $schema: _dialect, ...own } = hoistRefs(written) as JsonSchema & { $defs?: typeof components };
    for (const [id, definition] of Object.entries($defs)) components[id] ??= definition;
    const name = Object.keys(named).find((id) => named[id] === schema);
    if (name === undefined) return own;
    components[name] ??= own;
    return { $ref: `#/components/schemas/${name}` };
  };

  return {
    write,
    components: (): Record<string, JsonSchema> => {
      // Referred to by the documents inside flows and versions, whether or not an operation takes one.
      write(draftSchema, 'input');
      return components;
    },
  };
}

/** zod refers inside its own document; OpenAPI keeps shared schemas elsewhere. Names of dialects go. */
function hoistRefs(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hoistRefs);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, member]) => !(key === 'id' && typeof member === 'string' && Object.hasOwn(named, member)))
      .map(([key, member]) => [
        key,
        key === '$ref' && typeof member === 'string'
          ? member.replace('#/$defs/', '#/components/schemas/')
          : hoistRefs(member),
      ]),
  );
}

function describeOperation(operation: Operation, write: WriteSchema): JsonSchema {
  return {
    operationId: operation.id,
    tags: [operation.id.split('.')[0]],
    summary: operation.summary,
    ...(operation.description === undefined ? {} : { description: operation.description }),
    'x-scope': operation.scope,
    parameters: describeParameters(operation, write),
    ...(operation.body === null ? {} : { requestBody: describeBody(operation.body, write) }),
    responses: {
      ...Object.fromEntries(
        Object.entries(operation.answers).map(([status, { description, schema }]) => [
          status,
          { description, ...(schema && { content: { 'application/json': { schema: write(schema, 'output') } } }) },
        ]),
      ),
      ...Object.fromEntries(problemStatuses(operation).map((status) => [status, describeProblem(status)])),
    },
  };
}

function describeParameters(operation: Operation, write: WriteSchema): JsonSchema[] {
  const inPath = propertiesOf(write(operation.params, 'input')).map(({ name, schema }) => ({
    name,
    in: 'path',
    required: true,
    schema,
  }));
  const inQuery = propertiesOf(write(operation.query, 'input')).map(({ name, schema, isRequired }) => ({
    // `tags` travels as one parameter per tag.
    name: name === 'tags' ? 'tag.<name>' : name,
    in: 'query',
    required: isRequired,
    schema: name === 'tags' ? { type: 'string' } : schema,
    ...(typeof schema.description === 'string' ? { description: schema.description } : {}),
  }));
  const headers = [
    ...(operation.takesIfMatch ? [header('If-Match', true, 'The revision, quoted or bare')] : []),
    ...(operation.method === 'POST' ? [header('Idempotency-Key', false, 'Kept 24 hours per key and path')] : []),
  ];
  return [...inPath, ...inQuery, ...headers];
}

const header = (name: string, required: boolean, description: string): JsonSchema => ({
  name,
  in: 'header',
  required,
  description,
  schema: { type: 'string' },
});

function propertiesOf(schema: JsonSchema): { name: string; schema: JsonSchema; isRequired: boolean }[] {
  const properties = (schema.properties ?? {}) as Record<string, JsonSchema>;
  const required = new Set((schema.required ?? []) as string[]);
  return Object.entries(properties).map(([name, property]) => ({
    name,
    schema: property,
    isRequired: required.has(name),
  }));
}

function describeBody(body: BodySpec, write: WriteSchema): JsonSchema {
  if (body.kind !== 'cloudEvents') {
    const isRequired = body.kind === 'document' || body.isOptional !== true;
    return { required: isRequired, content: { 'application/json': { schema: write(body.schema, 'input') } } };
  }
  const event = {
    type: 'object',
    required: ['specversion', 'id', 'source', 'type'],
    properties: {
      specversion: { const: '1.0' },
      id: { type: 'string', minLength: 1 },
      source: { type: 'string', format: 'uri-reference' },
      type: { type: 'string', minLength: 1 },
      subject: { type: 'string' },
      time: { type: 'string', format: 'date-time' },
      datacontenttype: { type: 'string' },
      dataschema: { type: 'string' },
      partitionkey: { type: 'string' },
      schemaversion: { type: 'integer', minimum: 1 },
      data: {},
      data_base64: { type: 'string', contentEncoding: 'base64' },
    },
  };
  return {
    required: true,
    content: {
      'application/cloudevents+json': { schema: event },
      'application/cloudevents-batch+json': { schema: { type: 'array', items: event } },
      '*/*': { schema: {} },
    },
  };
}

/** Statuses every operation may answer, those its parts bring, and its own. */
function problemStatuses(operation: Operation): number[] {
  const statuses = [400, 401, 403, 404, 405, 422, 503, ...operation.problems];
  if (operation.body !== null) statuses.push(413, 415);
  if (operation.method === 'POST') statuses.push(409);
  if (operation.takesIfMatch) statuses.push(428);
  return [...new Set(statuses)].sort((a, b) => a - b);
}

const describeProblem = (status: number): JsonSchema => ({
  // Many codes share a status, so none of their titles would be right for it.
  description: STATUS_CODES[status] ?? 'A problem',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});
