/**
 * Counts how many flows stand behind a request. Our HTTP steps say so in a header, every door counts one more, and a
 * chain that is too long is held to be a loop. Refuses nothing to those who send no header: they are no flow.
 */
import { HeadraceError } from '@/core/errors';
import { limits } from '@/core/limits';

/** Sent with every call, because our own doors may be reachable under addresses we do not know. */
export const hopsHeader = 'headrace-hops';

/**
 * @param header the value of {@link hopsHeader}, if there was one
 * @returns hops of the event that the request becomes
 * @throws HeadraceError `event.hopLimit`
 */
export function countHops(header: string | undefined): number {
  const behind = header !== undefined && /^\d{1,4}$/.test(header) ? Number(header) : -1;
  const hops = behind + 1;
  if (hops > limits.eventHops) {
    throw new HeadraceError(
      'event.hopLimit',
      `This request comes from a flow that was started by a flow, ${hops} times over. That looks like a loop.`,
    );
  }
  return hops;
}
