/** The processes that serve this installation, as far as their heartbeat is fresh. */
import type { Caller } from '@/server/services/ports';
import type { Worker } from './schemas';

export interface WorkersService {
  /** Live workers, longest running first. */
  list(caller: Caller): Promise<readonly Worker[]>;
}
