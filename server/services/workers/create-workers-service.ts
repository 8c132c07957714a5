/** Lists the processes whose heartbeat is fresh by the database's clock. Refuses to guess about silent ones. */
import { requireScope } from '@/server/services/authorize';
import { presentTime } from '@/server/services/common-schemas';
import type { WorkersService } from './workers-service';

export interface WorkerRow {
  readonly id: string;
  readonly role: string;
  readonly host: string;
  readonly pid: number;
  readonly startedAtMs: number;
  readonly lastSeenAtMs: number;
}

export interface WorkerStore {
  /** Seen within the lease, longest running first. */
  listLive(): Promise<readonly WorkerRow[]>;
}

export function createWorkersService({ store }: { readonly store: WorkerStore }): WorkersService {
  return {
    async list(caller) {
      requireScope(caller, 'workers:read');
      return (await store.listLive()).map(({ startedAtMs, lastSeenAtMs, ...worker }) => ({
        ...worker,
        startedAt: presentTime(startedAtMs),
        lastSeenAt: presentTime(lastSeenAtMs),
      }));
    },
  };
}
