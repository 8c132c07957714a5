import { describe, expect, it } from 'vitest';
import { nodeDigest } from '@/server/adapters/node-digest';
import { type ApiKeyStore, createApiKeysService } from '@/server/services/api-keys/create-api-keys-service';
import { silentLog } from '@/server/testing/silent-log';

/** A store with one key, `secret`, and a clock the test moves. */
function setUp() {
  const world = {
    isRevoked: false,
    nowMs: 0,
    reads: 0,
    touches: 0,
    gate: Promise.resolve(),
    announce: (_: string): void => {},
  };
  const store: Pick<ApiKeyStore, 'findByHash' | 'touch'> = {
    async findByHash(hash) {
      world.reads += 1;
      const isKnown = !world.isRevoked && Buffer.from(hash).equals(Buffer.from(nodeDigest.sha256('secret')));
      await world.gate;
      return isKnown
        ? { keyId: 'k', workspaceId: 'w', workspaceSlug: 'main', scopes: ['flows:read', 'retired:scope'] }
        : null;
    },
    async touch() {
      world.touches += 1;
    },
  };
  const service = createApiKeysService({
    store: store as ApiKeyStore,
    changes: {
      publishChange: async () => {},
      onChange: (listener) => {
        world.announce = listener;
        return () => {};
      },
    },
    digest: nodeDigest,
    ids: { uuid: () => 'id' },
    clock: { nowMs: () => world.nowMs },
    log: silentLog,
  });
  return { world, service };
}

describe('recognising a key', () => {
  it('gives the caller with the scopes this release knows, and remembers it for a moment', async () => {
    const { world, service } = setUp();
    const caller = await service.authenticate('secret');
    expect(caller).toEqual({
      workspaceId: 'w',
      workspaceSlug: 'main',
      actor: 'key:k',
      scopes: new Set(['flows:read']),
    });
    await service.authenticate('secret');
    expect(world.reads).toBe(1);
    expect(await service.authenticate('other')).toBeNull();
  });

  it('forgets a key that another process revoked: at once by its announcement, in seconds without', async () => {
    const { world, service } = setUp();
    await service.authenticate('secret');
    world.isRevoked = true;
    expect(await service.authenticate('secret')).not.toBeNull();
    world.nowMs += 5_000;
    expect(await service.authenticate('secret')).toBeNull();

    world.isRevoked = false;
    await service.authenticate('secret');
    world.isRevoked = true;
    world.announce('w');
    expect(await service.authenticate('secret')).toBeNull();
  });

  it('does not remember what it read before an announcement', async () => {
    const { world, service } = setUp();
    let open = (): void => {};
    world.gate = new Promise((resolve) => {
      open = resolve;
    });
    const early = service.authenticate('secret');
    world.isRevoked = true;
    world.announce('w');
    open();
    await early;
    expect(await service.authenticate('secret')).toBeNull();
  });

  it('notes its use once a minute', async () => {
    const { world, service } = setUp();
    for (const nowMs of [0, 1_000, 59_999, 60_000, 61_000]) {
      world.nowMs = nowMs;
      await service.authenticate('secret');
    }
    expect(world.touches).toBe(2);
  });
});
