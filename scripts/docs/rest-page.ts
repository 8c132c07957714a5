/** docs/reference/rest-api.md: the operations as a page to read, made of the same OpenAPI document that is served. */

import { openApiDocument, openApiPath } from '@/server/rest/openapi';
import { operations } from '@/server/rest/registry';
import { code, generatedNote, page, table } from './markdown';

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly description?: string;
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}

interface Described {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly 'x-scope': string;
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly description?: string;
    readonly schema: Schema;
  }[];
  readonly requestBody?: Content & { readonly required: boolean };
  readonly responses: Readonly<Record<string, Content & { readonly description: string }>>;
}

const everywhere = [
  `- The base is \`/api/v1\`. Send \`Authorization: Bearer <key>\`; keys are made under Settings, API keys, and carry scopes.`,
  `- The OpenAPI 3.1 document is at \`${openApiPath}\` and needs no key.`,
  '- Faults are problem documents; see [error codes](errors.md). All faults of an input come at once, and unknown fields are faults.',
  '- Lists answer `{items, nextCursor}`. A page may be shorter than `limit`; only `nextCursor: null` is the end.',
  '- Times are UTC with milliseconds. Positions count from 1 in each workspace.',
  '- A `POST` takes an `Idempotency-Key`: for 24 hours the same request with the same key gives the stored answer again, ' +
    'with the header `Idempotency-Replayed: true`. Conflicts, throttling and faults of ours are not stored.',
];

export function restPage(): string {
  const document = openApiDocument(operations, '') as { paths: Record<string, Record<string, Described>> };
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ title: `${method.toUpperCase()} ${path}`, operation })),
  );
  const areas = [...new Set(described.map(({ operation }) => operation.tags[0] ?? ''))];
  return page(
    '# REST API, version 1',
    generatedNote('the operations in `server/rest`'),
    everywhere.join('\n'),
    table(
      ['operation', 'what it does', 'scope'],
      described.map(({ title, operation }) => [code(title), operation.summary, code(operation['x-scope'])]),
    ),
    ...areas.flatMap((area) => [
      `## ${area[0]?.toUpperCase()}${area.slice(1)}`,
      ...described
        .filter(({ operation }) => operation.tags[0] === area)
        .flatMap(({ title, operation }) => describeOperation(title, operation)),
    ]),
  );
}

function describeOperation(title: string, operation: Described): string[] {
  const { summary, description, parameters, requestBody, responses } = operation;
  return [
    `### ${title}`,
    `${summary} (${code(operation.operationId)}, scope ${code(operation['x-scope'])}).${description === undefined ? '' : ` ${description}`}`,
    parameters.length === 0 ? '' : parameterTable(parameters),
    requestBody === undefined ? '' : describeBody(requestBody),
    describeAnswers(responses),
  ];
}

const parameterTable = (parameters: Described['parameters']): string =>
  table(
    ['parameter', 'in', 'value', 'meaning'],
    parameters.map(({ name, in: place, schema, required, description }) => [
      code(name),
      required && place !== 'path' ? `${place}, required` : place,
      typeOf(schema),
      description ?? '',
    ]),
  );

function describeBody({ content = {}, required }: Content & { readonly required: boolean }): string {
  const optional = required ? '' : ', optional';
  const types = Object.keys(content).filter((type) => type !== '*/*');
  const schema = content['application/json']?.schema;
  if (schema === undefined)
    return `Body: ${types.map(code).join(' or ')}, or any type with the event in \`ce-\` headers.`;
  if (schema.properties === undefined) return `Body: ${typeOf(schema)}${optional}.`;
  const members = Object.entries(schema.properties);
  if (members.length === 0) return 'Body: none, or `{}`.';
  const head = `Body: an object${optional}.`;
  const rows = members.map(([name, member]) => [
    code(name),
    typeOf(member),
    schema.required?.includes(name) ? 'yes' : '',
    member.description ?? '',
  ]);
  return `${head}\n\n${table(['member', 'value', 'required', 'meaning'], rows)}`;
}

function describeAnswers(responses: Described['responses']): string {
  const isProblem = (answer: Content): boolean => answer.content?.['application/problem+json'] !== undefined;
  const good = Object.entries(responses).filter(([, answer]) => !isProblem(answer));
  const bad = Object.entries(responses).filter(([, answer]) => isProblem(answer));
  const told = good.map(([status, { description, content }]) => {
    const schema = content?.['application/json']?.schema;
    return `${code(status)} ${description}${schema === undefined ? '' : `: ${typeOf(schema)}`}`;
  });
  return `Answers ${told.join('; ')}. Problems: ${bad.map(([status]) => status).join(', ')}.`;
}

function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) return schema.$ref.split('/').at(-1) ?? '';
  if (schema.const !== undefined) return code(JSON.stringify(schema.const));
  if (schema.enum !== undefined) return schema.enum.map((value) => code(String(value))).join(', ');
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(' or ');
  if (schema.type === 'array') return `list of ${typeOf(schema.items ?? {})}`;
  if (schema.properties !== undefined) return code(`{${Object.keys(schema.properties).join(', ')}}`);
  if (schema.type === 'string') return schema.format ?? 'text';
  return schema.type === undefined ? 'any JSON' : [schema.type].flat().join(' or ');
}
