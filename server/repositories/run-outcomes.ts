/**
 * Reads what a synchronous caller waits for: status, output and answer of a run. Callers that are woken together share
 * one statement. Refuses to parse the output: it is passed on as the text it is stored as.
 */
import type { Pool } from 'pg';
import type { RunReason, RunStatus } from '@/core/run/types';
import type { WebhookAnswer } from '@/core/steps/contract';
import { createGroupCommit } from '@/server/repositories/group-commit';
import type { PayloadStore } from '@/server/repositories/payloads';
import type { RunOutcome, RunOutcomes } from '@/server/services/runs/run-outcome';

interface Row {
  ord: number;
  status: RunStatus;
  reason: RunReason | null;
  output: string | null;
  output_payload: string | null;
  error_code: string | null;
  answer: WebhookAnswer | null;
}

// The lateral keeps the plan a loop into the primary key, one partition per run, whatever the statistics say.
const readText = `
SELECT i.ord::int AS ord, r.status, r.reason, r.output::text AS output, encode(r.output_payload, 'hex') AS output_payload,
  r.error ->> 'code' AS error_code, r.answer
FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS i(workspace_id, run_id, ord)
CROSS JOIN LATERAL (
  SELECT * FROM runs r WHERE r.workspace_id = i.workspace_id AND r.id = i.run_id
) r`;

export interface RunOutcomesDeps {
  readonly pool: Pool;
  readonly payloads: PayloadStore;
}

export function createRunOutcomes({ pool, payloads }: RunOutcomesDeps): RunOutcomes {
  const reads = createGroupCommit<{ workspaceId: string; runId: string }, Row | null>({
    maxItems: 128,
    maxFlushes: 4,
    // A read: every failure is the connection's, none is a member's.
    isMemberFault: () => false,
    async flush(items) {
      const { rows } = await pool.query<Row>({
        name: 'run-outcomes',
        text: readText,
        values: [items.map((item) => item.workspaceId), items.map((item) => item.runId)],
      });
      const byOrd = new Map(rows.map((row) => [row.ord, row]));
      return items.map((_, index) => byOrd.get(index + 1) ?? null);
    },
  });

  const outputOf = async (workspaceId: string, row: Row): Promise<string | null> => {
    if (row.output_payload === null) return row.output;
    const contents = await payloads.getMany(workspaceId, [row.output_payload]);
    return contents.get(row.output_payload)?.toString() ?? null;
  };

  return {
    async read(workspaceId, runId): Promise<RunOutcome | null> {
      const row = await reads.submit({ workspaceId, runId });
      if (row === null) return null;
      const outputJson = await outputOf(workspaceId, row);
      return { status: row.status, reason: row.reason, outputJson, errorCode: row.error_code, answer: row.answer };
    },
  };
}
