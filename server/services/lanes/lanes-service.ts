/** What stands in line: lanes by key, and flows with a limit. Refuses to change anything; runs are stopped as runs. */
import type { Page } from '@/server/services/common-schemas';
import type { Lane, Limit, ListLanesInput } from '@/server/services/lanes/schemas';
import type { Caller } from '@/server/services/ports';

export interface LanesService {
  /** Lanes with a run in them, the one whose first run is oldest on the stream first. */
  list(caller: Caller, input: ListLanesInput): Promise<Page<Lane>>;
  /** Flows with a limit that have a run under way or in line, by id. */
  limits(caller: Caller, input: ListLanesInput): Promise<Page<Limit>>;
}
