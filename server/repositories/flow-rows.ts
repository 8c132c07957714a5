/** Rows of flows and versions as the store's port names them. Documents were validated on their way in. */
import type { FlowDocument } from '@/core/flow/document';
import type { Flow, FlowVersion, Prisma } from '@/server/generated/prisma/client';
import type { FlowHead, FlowRow, VersionHead, VersionRow } from '@/server/services/flows/flow-store';

export const flowHeadSelect = {
  id: true,
  name: true,
  revision: true,
  liveVersion: true,
  isPaused: true,
  updatedAt: true,
} as const satisfies Prisma.FlowSelect;

export const versionHeadSelect = {
  id: true,
  version: true,
  note: true,
  publishedAt: true,
  publishedBy: true,
} as const satisfies Prisma.FlowVersionSelect;

export const documentOf = (value: Prisma.JsonValue): FlowDocument => value as unknown as FlowDocument;

export const presentFlowHead = (row: Pick<Flow, keyof typeof flowHeadSelect>): FlowHead => ({
  id: row.id,
  name: row.name,
  revision: row.revision,
  liveVersion: row.liveVersion,
  isPaused: row.isPaused,
  updatedAtMs: row.updatedAt.getTime(),
});

export const presentFlowRow = (row: Flow): FlowRow => ({ ...presentFlowHead(row), draft: documentOf(row.draft) });

export const presentVersionHead = (row: Pick<FlowVersion, keyof typeof versionHeadSelect>): VersionHead => ({
  versionId: row.id,
  version: row.version,
  note: row.note,
  publishedAtMs: row.publishedAt.getTime(),
  publishedBy: row.publishedBy,
});

export const presentVersionRow = (row: Pick<FlowVersion, keyof typeof versionHeadSelect | 'document'>): VersionRow => ({
  ...presentVersionHead(row),
  document: documentOf(row.document),
});
