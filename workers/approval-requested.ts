/**
 * The event that says a person is asked, published in the very append that asks: whoever wants to tell that person, by mail
 * or chat, begins a flow with it. It names the approval and carries no way to answer it: events are read by many.
 */
import { limits } from '@/core/limits';
import type { Awaited } from '@/core/steps/contract';
import type { LoadedRun } from '@/server/repositories/run-store';
import type { EventAppend } from '@/server/services/ports';

export const approvalRequestedType = 'headrace.approval.requested';

export interface AskedApproval {
  /** Of the wait, which is that of the approval. */
  readonly id: string;
  readonly stepId: string;
  readonly path: string;
  readonly awaits: Extract<Awaited, { readonly on: 'approval' }>;
  readonly untilMs: number | null;
  readonly atMs: number;
}

/** @returns null when the event would have gone through too many flows: then the question is not asked either */
export function approvalRequested({ row }: LoadedRun, asked: AskedApproval): EventAppend | null {
  const hops = row.hops + 1;
  if (hops > limits.eventHops) return null;
  const { title, description, assignee } = asked.awaits;
  return {
    id: asked.id,
    source: `/flows/${row.flowId}`,
    type: approvalRequestedType,
    subject: asked.id,
    timeMs: asked.atMs,
    attributes: { datacontenttype: 'application/json' },
    data: {
      approvalId: asked.id,
      title,
      description,
      assignee,
      dueAt: asked.untilMs === null ? null : new Date(asked.untilMs).toISOString(),
      flowId: row.flowId,
      flow: row.flowName,
      runId: row.id,
      stepId: asked.stepId,
      path: asked.path,
    },
    raw: null,
    partitionKey: null,
    schemaVersion: null,
    hops,
    causedByRun: row.id,
    actor: `flow:${row.flowId}`,
    keyTtlMs: null,
    run: null,
  };
}
