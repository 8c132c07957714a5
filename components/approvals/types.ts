/** Approvals as the browser gets them, named once for this folder. Types only. */
import type { RouterInputs, RouterOutputs } from '@/components/trpc/types';

export type ApprovalSummary = RouterOutputs['approvals']['list']['items'][number];
export type ApprovalView = RouterOutputs['approvals']['get'];
export type ApprovalAnswer = Omit<RouterInputs['approvals']['answer'], 'approvalId'>;
