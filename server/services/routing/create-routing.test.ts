import { describe, expect, it } from 'vitest';
import type { Log } from '@/server/services/ports';
import { createRouting, type Routing } from '@/server/services/routing/create-routing';
import type { StoredRoute } from '@/server/services/routing/route-table';
import type { WebhookMatch } from '@/server/services/routing/webhook-routing';

const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

const route = (path: string, method = 'POST', stepId = path): StoredRoute => ({
  workspaceId: 'w',
  flowId: 'f',
  versionId: 'v',
  version: 1,
  stepId,
  config: {},
  laneKey: null,
  concurrency: null,
  method,
  path,
});

/** Routing over a store whose answer and speed the test decides. */
function setUp(routes: StoredRoute[] | null = []) {
  const world = { routes, nowMs: 0, loads: 0, gate: Promise.resolve(), announced: [] as string[] };
  const routing = createRouting({
    store: {
      async load() {
        world.loads += 1;
        const seen = world.routes;
        await world.gate;
        return seen === null ? null : { workspaceId: 'w', routes: seen };
      },
    },
    changes: {
      publishChange: async (workspaceId) => {
        world.announced.push(workspaceId);
      },
      onChange: () => () => undefined,
    },
    clock: { nowMs: () => world.nowMs },
    log: silent,
  });
  return { world, routing };
}

const stepOf = async (routing: Routing, target: string): Promise<string> => {
  const [method = '', path = ''] = target.split(' ');
  const match: WebhookMatch = await routing.matchWebhook('main', method, path);
  return match.type === 'found'
    ? match.route.stepId
    : match.type === 'methodNotAllowed'
      ? `405 ${match.allow}`
      : match.type;
};

describe('matching', () => {
  it('prefers the fixed path, then the pattern that is fixed earlier', async () => {
    const { routing } = setUp([route('o/:id/lines'), route(':any/7/lines'), route('o/:id'), route('o/new')]);
    expect(await stepOf(routing, 'POST o/new')).toBe('o/new');
    expect(await stepOf(routing, 'POST o/7')).toBe('o/:id');
    expect(await stepOf(routing, 'POST o/7/lines')).toBe('o/:id/lines');
    expect(await stepOf(routing, 'POST x/7/lines')).toBe(':any/7/lines');
    expect(await stepOf(routing, 'POST o')).toBe('noFlow');
  });

  it('gives the parameters', async () => {
    const { routing } = setUp([route('o/:id/l/:line')]);
    expect(await routing.matchWebhook('main', 'POST', 'o/7/l/x y')).toMatchObject({ params: { id: '7', line: 'x y' } });
  });

  it('falls back to a less specific path that takes the method, and else names all methods of the address', async () => {
    const { routing } = setUp([route('o/new', 'GET'), route('o/:id', 'PUT'), route('o/:id/x', 'ANY')]);
    expect(await stepOf(routing, 'PUT o/new')).toBe('o/:id');
    expect(await stepOf(routing, 'DELETE o/new')).toBe('405 GET,PUT');
    expect(await stepOf(routing, 'BREW o/1/x')).toBe('o/:id/x');
  });
});

describe('the copy in memory', () => {
  it('is read once for many requests, and then answers without a promise', async () => {
    const { world, routing } = setUp([route('a')]);
    await Promise.all([stepOf(routing, 'POST a'), stepOf(routing, 'POST a')]);
    expect(routing.matchWebhook('main', 'POST', 'a')).not.toBeInstanceOf(Promise);
    expect(world.loads).toBe(1);
  });

  it('is dropped by a change, which other processes are told of', async () => {
    const { world, routing } = setUp([route('a')]);
    expect(await stepOf(routing, 'POST b')).toBe('noFlow');
    world.routes = [route('a'), route('b')];
    routing.routesChanged('w');
    expect(await stepOf(routing, 'POST b')).toBe('b');
    expect(world.announced).toEqual(['w']);
  });

  it('is not kept when a change came while it was read', async () => {
    const { world, routing } = setUp([]);
    let open = (): void => {};
    world.gate = new Promise((resolve) => {
      open = resolve;
    });
    const early = stepOf(routing, 'POST a');
    world.routes = [route('a')];
    routing.routesChanged('w');
    open();
    await early;
    expect(await stepOf(routing, 'POST a')).toBe('a');
  });

  it('is refreshed behind a request when it gets old, and not used at all when it is too old', async () => {
    const { world, routing } = setUp([]);
    await stepOf(routing, 'POST a');
    world.routes = [route('a')];
    world.nowMs = 3_000;
    expect(await stepOf(routing, 'POST a')).toBe('noFlow');
    expect(world.loads).toBe(2);
    world.nowMs = 10_000;
    expect(await stepOf(routing, 'POST a')).toBe('a');
  });

  it('keeps the identity of routes that did not change', async () => {
    const { routing } = setUp([route('a')]);
    const before = await routing.matchWebhook('main', 'POST', 'a');
    routing.invalidate('w');
    const after = await routing.matchWebhook('main', 'POST', 'a');
    expect(before.type === 'found' && after.type === 'found' && before.route === after.route).toBe(true);
  });

  it('remembers that a workspace is missing until something changes', async () => {
    const { world, routing } = setUp(null);
    expect(await stepOf(routing, 'POST a')).toBe('noWorkspace');
    expect(await stepOf(routing, 'POST a')).toBe('noWorkspace');
    expect(world.loads).toBe(1);
    world.routes = [route('a')];
    routing.invalidate('w');
    expect(await stepOf(routing, 'POST a')).toBe('a');
  });
});
