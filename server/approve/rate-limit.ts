/**
 * A limit per address, counted in this process: what it protects is the database, not the tokens, which cannot be guessed.
 * Refuses to grow without bound.
 */
import type { Clock } from '@/server/services/ports';

const windowMs = 60_000;
/** A person opens a link, mistypes and sends a few times; a whole office behind one address still gets through. */
const unitsPerWindow = 120;
/** Addresses remembered at a time; beyond it everybody begins anew. */
const addressesMax = 10_000;

export interface RateLimit {
  /**
   * Counts what an address has just done.
   * @param units what it weighs
   * @returns milliseconds until it may come again; 0: it may
   */
  count(address: string, units: number): number;
}

export function createRateLimit(clock: Clock): RateLimit {
  const windows = new Map<string, { startedAtMs: number; units: number }>();
  return {
    count(address, units) {
      const nowMs = clock.nowMs();
      const known = windows.get(address);
      if (known === undefined || nowMs - known.startedAtMs >= windowMs) {
        if (windows.size >= addressesMax) windows.clear();
        windows.set(address, { startedAtMs: nowMs, units });
        return units > unitsPerWindow ? windowMs : 0;
      }
      known.units += units;
      return known.units > unitsPerWindow ? known.startedAtMs + windowMs - nowMs : 0;
    },
  };
}
