/** What this installation is made of, for the About page and for whoever reports a fault. Refuses addresses and paths. */
export interface SystemVersions {
  /** Of Headrace. */
  readonly version: string;
  readonly node: string;
  readonly postgres: string;
  readonly redis: string;
}

export interface SystemService {
  versions(): Promise<SystemVersions>;
}

export interface SystemDeps {
  readonly version: string;
  readonly node: string;
  /** Each asks its server, since servers are upgraded while we run. */
  readonly readPostgresVersion: () => Promise<string>;
  readonly readRedisVersion: () => Promise<string>;
}

export const createSystemService = (deps: SystemDeps): SystemService => ({
  async versions() {
    const [postgres, redis] = await Promise.all([deps.readPostgresVersion(), deps.readRedisVersion()]);
    return { version: deps.version, node: deps.node, postgres, redis };
  },
});
