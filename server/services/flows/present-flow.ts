/** Flows and versions as callers see them: the words of the API, times as text. */
import { presentTime } from '@/server/services/common-schemas';
import type { FlowHead, FlowRow, VersionHead, VersionRow } from '@/server/services/flows/flow-store';
import type { Flow, FlowSummary, FlowVersion, FlowVersionSummary } from '@/server/services/flows/schemas';

export const presentSummary = (row: FlowHead): FlowSummary => ({
  id: row.id,
  name: row.name,
  revision: row.revision,
  liveVersion: row.liveVersion,
  paused: row.isPaused,
  updatedAt: presentTime(row.updatedAtMs),
});

export const presentFlow = (row: FlowRow): Flow => ({ ...presentSummary(row), document: row.draft });

/** A numbered version; snapshots have no number and are never listed. */
export const presentVersionSummary = (row: VersionHead, liveVersion: number | null): FlowVersionSummary => ({
  version: row.version ?? 0,
  live: row.version === liveVersion,
  publishedAt: presentTime(row.publishedAtMs),
  publishedBy: row.publishedBy,
  note: row.note,
});

export const presentVersion = (row: VersionRow, liveVersion: number | null): FlowVersion => ({
  ...presentVersionSummary(row, liveVersion),
  document: row.document,
});
