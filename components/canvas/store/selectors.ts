/** Questions about the state of an open flow that several components ask. Pure; each returns parts that exist already. */
import type { FlowStep } from '@/core/flow/document';
import type { EditorState } from './editor-store';

/** The step the inspector shows: the one that is selected alone. */
export const openStepId = ({ selection }: EditorState): string | null =>
  selection.steps.length === 1 && selection.edges.length === 0 ? (selection.steps[0] ?? null) : null;

export const openStep = (state: EditorState): FlowStep | undefined => {
  const id = openStepId(state);
  return id === null ? undefined : state.document.steps.find((step) => step.id === id);
};

/** What "Undo" and "Redo" would do, for menus; null when there is nothing. */
export const undoName = ({ past }: EditorState): string | null => past.at(-1)?.name ?? null;
export const redoName = ({ future }: EditorState): string | null => future[0]?.name ?? null;
