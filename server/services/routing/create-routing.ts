/**
 * Which flow a webhook address leads to, answered from memory. A publish in this process is seen by the next request; in
 * others by a hint, or when the copy gets old. Refuses to answer from a copy that is older than {@link staleAfterMs}.
 */

import { announceChange, type WorkspaceChanges } from '@/server/services/changes';
import type { Clock, Log } from '@/server/services/ports';
import { buildRouteTable, type RouteTable, type StoredRoute } from '@/server/services/routing/route-table';
import type { WebhookMatch, WebhookRouting } from '@/server/services/routing/webhook-routing';

/** A copy this old is fetched again behind the request that noticed. */
const refreshAfterMs = 2_000;
/** A copy this old is not used: the longest a process that lost every hint routes to the version before. */
const staleAfterMs = 5_000;
/** Slugs of nowhere that are remembered, so that a scanner neither asks Postgres each time nor fills the memory. */
const unknownSlugsMax = 1_000;

export interface RouteStore {
  /** @returns null when there is no workspace of that slug */
  load(workspaceSlug: string): Promise<{ workspaceId: string; routes: readonly StoredRoute[] } | null>;
}

export interface RoutingDeps {
  readonly store: RouteStore;
  readonly changes: WorkspaceChanges;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Routing extends WebhookRouting {
  /** Drops what is known of a workspace: the next request asks Postgres. */
  invalidate(workspaceId: string): void;
  /** {@link invalidate} here, and a hint to the other processes. Hand this to the flows service. */
  routesChanged(workspaceId: string): void;
  /** Stops listening for hints. */
  close(): void;
}

interface Copy {
  /** Null: there is no such workspace. */
  readonly workspaceId: string | null;
  readonly table: RouteTable | null;
  readonly loadedAtMs: number;
}

export function createRouting({ store, changes, clock, log }: RoutingDeps): Routing {
  const copies = new Map<string, Copy>();
  const loading = new Map<string, Promise<Copy>>();
  // A load that began before a change may not be kept: it may hold what was true before.
  let generation = 0;

  const load = async (slug: string): Promise<Copy> => {
    const begun = generation;
    const before = copies.get(slug)?.table ?? null;
    const loadedAtMs = clock.nowMs();
    const found = await store.load(slug);
    const copy: Copy =
      found === null
        ? { workspaceId: null, table: null, loadedAtMs }
        : { workspaceId: found.workspaceId, table: buildRouteTable(found.routes, before), loadedAtMs };
    if (begun === generation) {
      if (found === null) forgetSomeUnknown(copies);
      copies.set(slug, copy);
    }
    return copy;
  };

  const loadOnce = (slug: string): Promise<Copy> => {
    const known = loading.get(slug);
    if (known !== undefined) return known;
    const promise = load(slug).finally(() => {
      if (loading.get(slug) === promise) loading.delete(slug);
    });
    loading.set(slug, promise);
    return promise;
  };

  const invalidate = (workspaceId: string): void => {
    generation += 1;
    loading.clear();
    for (const [slug, copy] of copies) {
      // The table stays as the predecessor whose unchanged routes keep their identity.
      if (copy.workspaceId === workspaceId) copies.set(slug, { ...copy, loadedAtMs: Number.NEGATIVE_INFINITY });
      else if (copy.workspaceId === null) copies.delete(slug);
    }
  };
  const close = changes.onChange(invalidate);

  return {
    matchWebhook(slug, method, path) {
      const copy = copies.get(slug);
      const ageMs = copy === undefined ? Number.POSITIVE_INFINITY : clock.nowMs() - copy.loadedAtMs;
      if (copy === undefined || ageMs > staleAfterMs) return loadOnce(slug).then((fresh) => match(fresh, method, path));
      if (ageMs > refreshAfterMs) {
        loadOnce(slug).catch((error: unknown) =>
          log.warn({ err: error, slug }, 'webhook routes could not be refreshed'),
        );
      }
      return match(copy, method, path);
    },
    invalidate,
    routesChanged(workspaceId) {
      invalidate(workspaceId);
      announceChange({ changes, log }, workspaceId);
    },
    close,
  };
}

const match = (copy: Copy, method: string, path: string): WebhookMatch =>
  copy.table === null ? { type: 'noWorkspace' } : copy.table.match(method, path);

/** Maps iterate in order of insertion, so the oldest goes. */
function forgetSomeUnknown(copies: Map<string, Copy>): void {
  const unknown = [...copies].filter(([, copy]) => copy.workspaceId === null);
  if (unknown.length < unknownSlugsMax) return;
  for (const [slug] of unknown.slice(0, unknownSlugsMax / 2)) copies.delete(slug);
}
