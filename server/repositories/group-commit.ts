/**
 * Group commit: callers hand in single items, one flush writes many. While a flush is on its way the next ones gather,
 * so the group grows exactly as the load does and a lone caller waits for nobody. Refuses to lose the blame: when a
 * group fails because of a member, it is split in halves until only that member fails.
 */
export interface GroupCommitOptions<Item, Result> {
  /** Most items of one flush: bounds the size of a statement. */
  readonly maxItems: number;
  /** Flushes under way at once: two keep the database busy while the next group gathers. */
  readonly maxFlushes: number;
  /** Writes the items, answering each by index. Must be atomic: all written or none. */
  readonly flush: (items: readonly Item[]) => Promise<readonly Result[]>;
  /** Whether an error may be the fault of one member (bad data) rather than of the connection. */
  readonly isMemberFault: (error: unknown) => boolean;
}

export interface GroupCommit<Item, Result> {
  submit(item: Item): Promise<Result>;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

export function createGroupCommit<Item, Result>(options: GroupCommitOptions<Item, Result>): GroupCommit<Item, Result> {
  let queue: Waiting<Item, Result>[] = [];
  let flushing = 0;
  let isScheduled = false;

  const takeGroup = (): Waiting<Item, Result>[] => {
    const group = queue.slice(0, options.maxItems);
    queue = queue.slice(options.maxItems);
    return group;
  };

  const write = async (group: readonly Waiting<Item, Result>[]): Promise<void> => {
    try {
      const results = await options.flush(group.map((waiting) => waiting.item));
      group.forEach((waiting, index) => {
        waiting.resolve(results[index] as Result);
      });
    } catch (error) {
      if (group.length === 1 || !options.isMemberFault(error)) {
        for (const waiting of group) waiting.reject(error);
        return;
      }
      const middle = Math.ceil(group.length / 2);
      await write(group.slice(0, middle));
      await write(group.slice(middle));
    }
  };

  const pump = (): void => {
    isScheduled = false;
    while (flushing < options.maxFlushes && queue.length > 0) {
      flushing += 1;
      void write(takeGroup()).finally(() => {
        flushing -= 1;
        pump();
      });
    }
  };

  return {
    submit: (item) =>
      new Promise<Result>((resolve, reject) => {
        queue.push({ item, resolve, reject });
        // One turn of the event loop lets requests that arrived together share the first group too.
        if (!isScheduled && flushing < options.maxFlushes) {
          isScheduled = true;
          setImmediate(pump);
        }
      }),
  };
}
