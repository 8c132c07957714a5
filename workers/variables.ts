/**
 * Variables of a workspace as expressions see them, kept for a moment: runs read them far more often than people change
 * them. A change is announced and drops them at once; the short life covers a lost announcement.
 */
import type { JsonObject } from '@/core/json';
import type { VariableValues } from '@/server/repositories/variable-values';
import type { Clock } from '@/server/services/ports';

const keptMs = 2_000;

export interface VariableCache {
  read(workspaceId: string): Promise<JsonObject>;
  drop(workspaceId: string): void;
}

export function createVariableCache(stored: VariableValues, clock: Clock): VariableCache {
  const kept = new Map<string, { readonly untilMs: number; readonly values: Promise<JsonObject> }>();
  return {
    read(workspaceId) {
      const known = kept.get(workspaceId);
      if (known !== undefined && known.untilMs > clock.nowMs()) return known.values;
      const values = stored.read(workspaceId);
      kept.set(workspaceId, { untilMs: clock.nowMs() + keptMs, values });
      values.catch(() => kept.delete(workspaceId));
      return values;
    },
    drop: (workspaceId) => kept.delete(workspaceId),
  };
}
