/**
 * The schedules of one flow, rewritten in the transaction that changes which version is live. One that says the same
 * as before keeps its next fire, so publishing neither skips a fire nor repeats one. Refuses to fire: `schedule-store.ts`
 * does.
 */
import { nextFiresAfter, readSchedule } from '@/core/steps/trigger-schedule/fires';
import type { Prisma } from '@/server/generated/prisma/client';
import type { ScheduleRow } from '@/server/services/flows/flow-store';

interface KnownRow {
  readonly step_id: string;
  readonly cron: string;
  readonly time_zone: string;
  readonly is_planned: boolean;
}

/** Reads the clock of the database, as the scheduler does: no other clock counts. */
export async function replaceSchedules(
  tx: Prisma.TransactionClient,
  workspaceId: string,
  flowId: string,
  schedules: readonly ScheduleRow[],
): Promise<void> {
  const stepIds = schedules.map(({ stepId }) => stepId);
  await tx.$executeRaw`DELETE FROM schedules WHERE workspace_id = ${workspaceId}::uuid AND flow_id = ${flowId}::uuid
    AND NOT step_id = ANY (${stepIds}::text[])`;
  if (schedules.length === 0) return;
  const known = await tx.$queryRaw<KnownRow[]>`SELECT step_id, cron, time_zone, next_fire_at IS NOT NULL AS is_planned
    FROM schedules WHERE workspace_id = ${workspaceId}::uuid AND flow_id = ${flowId}::uuid FOR UPDATE`;
  // Read after the lock: a fire that was under way has been settled by then.
  const [clock] = await tx.$queryRaw<{ now_ms: number }[]>`
    SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now_ms`;
  const nowMs = clock?.now_ms ?? 0;
  for (const { stepId, cron, timeZone, missed } of schedules) {
    const old = known.find((row) => row.step_id === stepId);
    if (old?.is_planned === true && old.cron === cron && old.time_zone === timeZone) {
      await tx.$executeRaw`UPDATE schedules SET missed = ${missed}
        WHERE workspace_id = ${workspaceId}::uuid AND flow_id = ${flowId}::uuid AND step_id = ${stepId}`;
      continue;
    }
    const read = readSchedule(cron, timeZone);
    const [nextMs] = 'schedule' in read ? nextFiresAfter(read.schedule, nowMs, 1) : [];
    const nextFireAt = nextMs === undefined ? null : new Date(nextMs).toISOString();
    await tx.$executeRaw`INSERT INTO schedules
        (workspace_id, flow_id, step_id, cron, time_zone, missed, next_fire_at, settled_at)
      VALUES (${workspaceId}::uuid, ${flowId}::uuid, ${stepId}, ${cron}, ${timeZone}, ${missed},
        ${nextFireAt}::timestamptz, ${new Date(nowMs).toISOString()}::timestamptz)
      ON CONFLICT (workspace_id, flow_id, step_id) DO UPDATE SET cron = excluded.cron,
        time_zone = excluded.time_zone, missed = excluded.missed, next_fire_at = excluded.next_fire_at,
        settled_at = excluded.settled_at`;
  }
}
