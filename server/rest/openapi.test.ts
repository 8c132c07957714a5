import { describe, expect, it } from 'vitest';
import { openApiDocument } from '@/server/rest/openapi';
import { operations } from '@/server/rest/registry';

interface Described {
  operationId: string;
  parameters: { name: string; in: string; schema: unknown }[];
  requestBody?: { content: Record<string, { schema: unknown }> };
  responses: Record<string, { content?: Record<string, { schema: unknown }> }>;
}

const document = openApiDocument(operations, '1.2.3') as {
  openapi: string;
  info: { version: string };
  paths: Record<string, Record<string, Described>>;
  components: { schemas: Record<string, unknown> };
};
const text = JSON.stringify(document);
const described = (method: string, path: string): Described => document.paths[path]?.[method] as Described;

describe('the OpenAPI document', () => {
  it('describes every operation once, by method and path', () => {
    const all = Object.values(document.paths).flatMap((methods) =>
      Object.values(methods).map((one) => one.operationId),
    );
    expect(all.sort()).toEqual(operations.map(({ id }) => id).sort());
    expect(document).toMatchObject({ openapi: '3.1.0', info: { version: '1.2.3' } });
  });

  it('refers only to schemas it holds, and leaves no reference of the generator behind', () => {
    const refs = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(refs.length).toBeGreaterThan(20);
    for (const ref of new Set(refs)) {
      expect(ref).toMatch(/^#\/components\/schemas\//);
      expect(Object.keys(document.components.schemas)).toContain(ref.split('/').at(-1));
    }
    expect(text).not.toContain('$defs');
    expect(text).not.toContain('"$schema"');
  });

  it('names every parameter of a path', () => {
    for (const [path, methods] of Object.entries(document.paths)) {
      const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      for (const { parameters } of Object.values(methods)) {
        expect(parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name)).toEqual(names);
      }
    }
  });

  it('describes headers, lists of values and tags as they travel', () => {
    expect(described('put', '/flows/{flowId}').parameters.map(({ name }) => name)).toContain('If-Match');
    expect(described('post', '/events').parameters.map(({ name }) => name)).toContain('Idempotency-Key');
    const query = described('get', '/runs').parameters;
    expect(query.find(({ name }) => name === 'status')?.schema).toMatchObject({ type: 'array' });
    expect(query.map(({ name }) => name)).toContain('tag.<name>');
  });

  it('shows the flow document where a flow is sent or shown', () => {
    const sent = described('post', '/flows').requestBody?.content['application/json']?.schema;
    expect(sent).toEqual({ $ref: '#/components/schemas/FlowDocument' });
    expect(document.components.schemas.Flow).toMatchObject({
      properties: { document: { $ref: '#/components/schemas/FlowDocument' } },
    });
    expect(document.components.schemas.FlowDocument).toMatchObject({
      additionalProperties: false,
      required: ['headrace', 'name', 'steps', 'edges'],
    });
  });

  it('gives every refusal as a problem document', () => {
    for (const methods of Object.values(document.paths)) {
      for (const { responses } of Object.values(methods)) {
        for (const [status, { content }] of Object.entries(responses)) {
          if (Number(status) >= 400) expect(Object.keys(content ?? {})).toEqual(['application/problem+json']);
        }
        expect(Object.keys(responses)).toEqual(expect.arrayContaining(['400', '401', '403', '404', '422']));
      }
    }
  });
});
