/**
 * What an operation of the REST API is. One definition serves the router, which parses by it, and OpenAPI, which is
 * generated from it, so the two cannot differ. Refuses logic: `handle` calls one service and names a status.
 */
import { z } from 'zod';
import type { JsonValue } from '@/core/json';
import type { ApiKeysService } from '@/server/services/api-keys/api-keys-service';
import type { ApprovalsService } from '@/server/services/approvals/approvals-service';
import type { EventsService } from '@/server/services/events/events-service';
import type { FlowsService } from '@/server/services/flows/flows-service';
import type { LanesService } from '@/server/services/lanes/lanes-service';
import type { Caller, Scope } from '@/server/services/ports';
import type { RunsService } from '@/server/services/runs/runs-service';
import type { SecretsService } from '@/server/services/secrets/secrets-service';
import type { VariablesService } from '@/server/services/variables/variables-service';
import type { WorkersService } from '@/server/services/workers/workers-service';

export interface RestServices {
  readonly flows: FlowsService;
  readonly runs: RunsService;
  readonly lanes: LanesService;
  readonly approvals: ApprovalsService;
  readonly events: EventsService;
  readonly variables: VariablesService;
  readonly secrets: SecretsService;
  readonly apiKeys: Pick<ApiKeysService, 'authenticate'>;
  readonly workers: WorkersService;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/**
 * How a body is read.
 * - `json`: by `schema`; `isOptional` reads no body as `{}`
 * - `document`: any JSON, handed on unparsed, so that the service reports faults with pointers into it
 * - `cloudEvents`: the three HTTP forms of CloudEvents
 */
export type BodySpec =
  | { readonly kind: 'json'; readonly schema: z.ZodType; readonly isOptional?: boolean }
  | { readonly kind: 'document'; readonly schema: z.ZodType }
  | { readonly kind: 'cloudEvents' };

export interface OperationAnswer {
  readonly status: number;
  /** Absent: no content. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface OperationContext<Params, Query, Body> {
  readonly services: RestServices;
  readonly caller: Caller;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** The revision of `If-Match`; null when the operation takes none. */
  readonly revision: number | null;
  /** Flows that stand behind this request, this one counted. */
  readonly hops: number;
}

interface AnswerSpec {
  readonly description: string;
  /** Absent: no content. */
  readonly schema?: z.ZodType;
}

export interface OperationSpec<Params extends z.ZodType, Query extends z.ZodType, Body> {
  /** `area.verb`, the `operationId`. */
  readonly id: string;
  readonly method: Method;
  /** Below the base path, with `{name}` segments. */
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  readonly scope: Scope;
  /** Reads the segments as strings. */
  readonly params?: Params;
  /** A fault in a path parameter: 404 unless the parameter is a name that the caller makes up (then 422). */
  readonly badParams?: 'notFound' | 'invalid';
  readonly query?: Query;
  readonly body?: BodySpec & { readonly as?: (value: unknown) => Body };
  readonly takesIfMatch?: boolean;
  readonly answers: Readonly<Record<number, AnswerSpec>>;
  /** Statuses of problems beyond those that every operation has. */
  readonly problems?: readonly number[];
  /** The answer holds a secret, so it is not kept for an Idempotency-Key: each request is performed. */
  readonly isNeverKept?: boolean;
  readonly handle: (context: OperationContext<z.output<Params>, z.output<Query>, Body>) => Promise<OperationAnswer>;
}

/** An operation whose types are settled: what the router and OpenAPI work with. */
export interface Operation {
  readonly id: string;
  readonly method: Method;
  readonly path: string;
  readonly summary: string;
  readonly description: string | undefined;
  readonly scope: Scope;
  readonly params: z.ZodType;
  readonly badParams: 'notFound' | 'invalid';
  readonly query: z.ZodType;
  readonly body: BodySpec | null;
  readonly takesIfMatch: boolean;
  readonly answers: Readonly<Record<number, AnswerSpec>>;
  readonly problems: readonly number[];
  readonly isNeverKept: boolean;
  readonly handle: (context: OperationContext<unknown, unknown, unknown>) => Promise<OperationAnswer>;
}

const nothing = z.strictObject({});

/** Infers what `handle` receives from the schemas; the router has parsed by them when it calls. */
export function defineOperation<
  Params extends z.ZodType = typeof nothing,
  Query extends z.ZodType = typeof nothing,
  Body = undefined,
>(spec: OperationSpec<Params, Query, Body>): Operation {
  return {
    id: spec.id,
    method: spec.method,
    path: spec.path,
    summary: spec.summary,
    description: spec.description,
    scope: spec.scope,
    params: spec.params ?? nothing,
    badParams: spec.badParams ?? 'notFound',
    query: spec.query ?? nothing,
    body: spec.body ?? null,
    takesIfMatch: spec.takesIfMatch ?? false,
    answers: spec.answers,
    problems: spec.problems ?? [],
    isNeverKept: spec.isNeverKept ?? false,
    handle: spec.handle as Operation['handle'],
  };
}

/** A JSON body by its schema; types what `handle` receives. */
export const jsonBody = <Schema extends z.ZodType>(schema: Schema, options: { isOptional?: boolean } = {}) => ({
  kind: 'json' as const,
  schema,
  ...options,
  as: (value: unknown): z.output<Schema> => value as z.output<Schema>,
});

export const documentBody = (schema: z.ZodType) => ({
  kind: 'document' as const,
  schema,
  as: (value: unknown): JsonValue => value as JsonValue,
});
