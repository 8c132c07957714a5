/**
 * The webhook routes of one workspace, ready to be matched: fixed paths by one look-up, paths with parameters by trying
 * those of the same length, the most specific first. Refuses to decide on a method before the path: an address that
 * exists for another method is 405, not 404.
 */
import { comparePatterns, matchPath, type PathPattern, parsePathPattern } from '@/core/flow/triggers';
import type { WebhookMatch, WebhookRoute } from '@/server/services/routing/webhook-routing';

/** A live webhook trigger as it is stored. */
export interface StoredRoute extends WebhookRoute {
  readonly method: string;
  readonly path: string;
}

interface Entry {
  readonly method: string;
  readonly pattern: PathPattern;
  readonly route: WebhookRoute;
}

export interface RouteTable {
  match(method: string, path: string): WebhookMatch;
  readonly routes: readonly WebhookRoute[];
}

const noParams: Readonly<Record<string, string>> = Object.freeze({});

/** @param before the table that is replaced; routes that did not change keep their identity, and so what hangs on it */
export function buildRouteTable(stored: readonly StoredRoute[], before: RouteTable | null): RouteTable {
  const known = new Map(before?.routes.map((route) => [identity(route), route]));
  const entries = stored.flatMap(({ method, path, ...route }): Entry[] => {
    const parsed = parsePathPattern(path);
    return 'fault' in parsed ? [] : [{ method, pattern: parsed.pattern, route: known.get(identity(route)) ?? route }];
  });
  const fixed = groupBy(
    entries.filter(({ pattern }) => pattern.segments.every((segment) => segment.type === 'static')),
    ({ pattern }: Entry) => pattern.path,
  );
  const withParams = groupBy(
    entries
      .filter(({ pattern }) => pattern.segments.some((segment) => segment.type === 'param'))
      .sort((a, b) => comparePatterns(a.pattern, b.pattern)),
    ({ pattern }: Entry) => pattern.segments.length,
  );

  return {
    routes: entries.map(({ route }) => route),
    match(method, path) {
      const allow = new Set<string>();
      for (const entry of fixed.get(path) ?? []) {
        if (accepts(entry, method)) return { type: 'found', route: entry.route, params: noParams };
        allow.add(entry.method);
      }
      for (const entry of withParams.get(countSegments(path)) ?? []) {
        const params = matchPath(entry.pattern, path);
        if (params === null) continue;
        if (accepts(entry, method)) return { type: 'found', route: entry.route, params };
        allow.add(entry.method);
      }
      return allow.size === 0 ? { type: 'noFlow' } : { type: 'methodNotAllowed', allow: [...allow].sort() };
    },
  };
}

/** A version is immutable, so these two name the trigger's config too. */
const identity = (route: WebhookRoute): string => `${route.versionId}/${route.stepId}`;

const accepts = (entry: Entry, method: string): boolean => entry.method === 'ANY' || entry.method === method;

function countSegments(path: string): number {
  let count = 1;
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) count += 1;
  return count;
}

/** `Map.groupBy`, which Node 20 does not have. */
function groupBy<Key>(entries: readonly Entry[], keyOf: (entry: Entry) => Key): ReadonlyMap<Key, readonly Entry[]> {
  const groups = new Map<Key, Entry[]>();
  for (const entry of entries) {
    const key = keyOf(entry);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [entry]);
    else group.push(entry);
  }
  return groups;
}
