'use client';

/**
 * The draft as this browser last held it, while it is not saved on the server: after a crash, without a network, when
 * the session ended. One entry per flow. Refuses to fail an edit because storage is full or forbidden: then there is no
 * second copy, and the editor warns before it is closed as always.
 */
import type { FlowDocument } from '@/core/flow/document';
import { parseDraft } from '@/core/flow/parse-draft';

export interface LocalDraft {
  readonly document: FlowDocument;
  /** The server's revision it was made on. */
  readonly revision: number;
  readonly atMs: number;
}

const keyOf = (flowId: string): string => `headrace.draft.${flowId}`;

/** @returns whether it was written */
export function keepLocalDraft(flowId: string, draft: { document: FlowDocument; revision: number } | null): boolean {
  try {
    if (draft === null) {
      localStorage.removeItem(keyOf(flowId));
    } else {
      localStorage.setItem(keyOf(flowId), JSON.stringify({ ...draft, atMs: Date.now() }));
    }
    return true;
  } catch (error) {
    if (error instanceof DOMException) {
      return false;
    }
    throw error;
  }
}

/** @returns what was kept, or null when there is nothing that can be read */
export function readLocalDraft(flowId: string): LocalDraft | null {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(keyOf(flowId)) ?? 'null');
    if (typeof kept !== 'object' || kept === null) {
      return null;
    }
    const { document, revision, atMs } = kept as Record<string, unknown>;
    const parsed = parseDraft(document);
    return 'document' in parsed && typeof revision === 'number' && typeof atMs === 'number'
      ? { document: parsed.document, revision, atMs }
      : null;
  } catch (error) {
    if (error instanceof DOMException || error instanceof SyntaxError) {
      return null;
    }
    throw error;
  }
}
