/**
 * From method and path to an operation. Refuses to guess: a path that exists for other methods says which, and an
 * escape that does not decode is malformed.
 */
import { HeadraceError } from '@/core/errors';
import type { Operation } from './operation';
import { createQueryReader, type QueryReader } from './read-query';

export const basePath = '/api/v1';

export interface Endpoint {
  readonly operation: Operation;
  readonly readQuery: QueryReader;
}

export interface RouteMatch {
  readonly endpoint: Endpoint;
  /** Decoded path parameters, as text. */
  readonly params: Readonly<Record<string, string>>;
}

interface Route {
  /** Null where a parameter stands. */
  readonly fixed: readonly (string | null)[];
  readonly names: readonly string[];
  readonly endpoints: Map<string, Endpoint>;
}

export interface Router {
  /** @returns null when no operation has this path */
  find(
    path: string,
  ): { readonly allow: readonly string[]; readonly match: (method: string) => RouteMatch | null } | null;
}

export function createRouter(operations: readonly Operation[]): Router {
  const routes = new Map<string, Route>();
  for (const operation of operations) {
    const shape = operation.path.replace(/\{[^}]+\}/g, '{}');
    const route = routes.get(shape) ?? parseTemplate(operation.path);
    routes.set(shape, route);
    route.endpoints.set(operation.method, { operation, readQuery: createQueryReader(operation.query) });
  }
  const byLength = new Map<number, Route[]>();
  for (const route of routes.values()) {
    byLength.set(route.fixed.length, [...(byLength.get(route.fixed.length) ?? []), route]);
  }

  return {
    find(path) {
      if (!path.startsWith(`${basePath}/`)) return null;
      const segments = path.slice(basePath.length + 1).split('/');
      const route = byLength
        .get(segments.length)
        ?.find(({ fixed }) => fixed.every((text, index) => text === null || text === segments[index]));
      if (route === undefined) return null;
      return {
        allow: allowed(route),
        match: (method) => {
          const endpoint = route.endpoints.get(method === 'HEAD' ? 'GET' : method);
          return endpoint === undefined ? null : { endpoint, params: readParams(route, segments) };
        },
      };
    },
  };
}

function parseTemplate(path: string): Route {
  const parts = path.slice(1).split('/');
  const isParam = (part: string): boolean => part.startsWith('{');
  return {
    fixed: parts.map((part) => (isParam(part) ? null : part)),
    names: parts.filter(isParam).map((part) => part.slice(1, -1)),
    endpoints: new Map(),
  };
}

function allowed({ endpoints }: Route): string[] {
  const methods = [...endpoints.keys()];
  return [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].sort();
}

function readParams({ fixed, names }: Route, segments: readonly string[]): Record<string, string> {
  const values = segments.filter((_, index) => fixed[index] === null);
  return Object.fromEntries(names.map((name, index) => [name, decodeSegment(values[index] ?? '')]));
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw new HeadraceError('request.malformed', 'The path has an invalid percent-encoding.', { cause });
  }
}
