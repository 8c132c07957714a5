/**
 * Time-ordered ids (UUID version 7, RFC 9562 §5.7), each greater than the one before within a process. It exists because
 * the library asks the system for random bytes once per id, which costs more than the rest of an intake's work; here they
 * come from a pool. Refuses to hand out a byte of the pool twice.
 */
import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';
import type { Clock, Ids } from '@/server/services/ports';

/** What version 7 takes. */
const bytesPerId = 16;
const poolBytes = 256 * bytesPerId;

export function createIds(clock: Clock): Ids {
  const pool = new Uint8Array(poolBytes);
  let used = poolBytes;
  let msecs = 0;
  let seq = 0;

  const takeRandom = (): Uint8Array => {
    if (used === poolBytes) {
      randomFillSync(pool);
      used = 0;
    }
    used += bytesPerId;
    return pool.subarray(used - bytesPerId, used);
  };

  return {
    uuid() {
      const random = takeRandom();
      const nowMs = clock.nowMs();
      if (nowMs > msecs) {
        msecs = nowMs;
        // A random start below 2^31 leaves two thousand million ids to count up through in this millisecond.
        seq = new DataView(random.buffer, random.byteOffset).getUint32(6) >>> 1;
      } else {
        seq += 1;
      }
      return v7({ random, msecs, seq });
    },
  };
}
