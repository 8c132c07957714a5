/** Pages of lanes and limits. The rows are what admission itself goes by, so the page and the engine cannot disagree. */
import type { RunStatus } from '@/core/run/types';
import { requireScope } from '@/server/services/authorize';
import { presentTime } from '@/server/services/common-schemas';
import type { LanesService } from '@/server/services/lanes/lanes-service';
import { cursorShapes, decodeCursor, pageFrom, pageSizeOf } from '@/server/services/paging';

/** Where a lane stands in the list. */
export interface LanePlace {
  /** Position of its first run. */
  readonly position: number;
  readonly flowId: string;
  readonly key: string;
}

interface InLine {
  readonly runId: string;
  readonly sinceMs: number;
}

export interface LaneRow extends LanePlace {
  readonly flowName: string;
  readonly depth: number;
  readonly turn: (InLine & { readonly status: RunStatus }) | null;
  readonly oldest: InLine | null;
}

export interface LimitRow {
  readonly flowId: string;
  readonly flowName: string;
  readonly limit: number;
  readonly used: number;
  readonly waiting: number;
  readonly oldest: InLine | null;
}

export interface LaneReader {
  lanes(
    workspaceId: string,
    query: { readonly flowId: string | null; readonly after: LanePlace | null; readonly take: number },
  ): Promise<readonly LaneRow[]>;
  limits(
    workspaceId: string,
    query: { readonly flowId: string | null; readonly afterId: string | null; readonly take: number },
  ): Promise<readonly LimitRow[]>;
}

const placeShape = /^(\d{1,15})\/([0-9a-f-]{36})\/([\s\S]+)$/;
const placeText = ({ position, flowId, key }: LanePlace): string => `${position}/${flowId}/${key}`;

function readPlace(cursor: string | undefined): LanePlace | null {
  const [, position, flowId = '', key = ''] = placeShape.exec(decodeCursor('lanes', cursor, placeShape) ?? '') ?? [];
  return position === undefined ? null : { position: Number(position), flowId, key };
}

export function createLanesService({ reader }: { readonly reader: LaneReader }): LanesService {
  return {
    async list(caller, input) {
      requireScope(caller, 'runs:read');
      const limit = pageSizeOf(input.limit);
      const rows = await reader.lanes(caller.workspaceId, {
        flowId: input.flow ?? null,
        after: readPlace(input.cursor),
        take: limit + 1,
      });
      return pageFrom('lanes', rows, limit, placeText, ({ flowId, flowName, key, depth, turn, oldest }) => ({
        flowId,
        flowName,
        key,
        depth,
        turn: turn && { ...presentInLine(turn), status: turn.status },
        oldest: oldest && presentInLine(oldest),
      }));
    },
    async limits(caller, input) {
      requireScope(caller, 'runs:read');
      const limit = pageSizeOf(input.limit);
      const rows = await reader.limits(caller.workspaceId, {
        flowId: input.flow ?? null,
        afterId: decodeCursor('limits', input.cursor, cursorShapes.uuid),
        take: limit + 1,
      });
      return pageFrom(
        'limits',
        rows,
        limit,
        (row) => row.flowId,
        (row) => ({
          ...row,
          oldest: row.oldest && presentInLine(row.oldest),
        }),
      );
    },
  };
}

const presentInLine = ({ runId, sinceMs }: InLine) => ({ runId, since: presentTime(sinceMs) });
