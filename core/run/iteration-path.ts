/**
 * Where in a run something stands: in the run itself, or in one iteration of a loop, or in a loop inside of that. The text
 * form (`lines[3]/parts[0]`) is what journals, messages and keys carry. Refuses meaning: which loops there are is the
 * state's to know.
 */

/** One iteration of one loop. */
export interface IterationRef {
  readonly stepId: string;
  /** From 0, the place of the item in the list. */
  readonly index: number;
}

/** The run itself. */
export const noPath = '';

const segment = /^([a-z][a-zA-Z0-9_]*)\[(\d{1,9})\]$/;

export const iterationText = ({ stepId, index }: IterationRef): string => `${stepId}[${index}]`;

/** The path of something further inside. */
export const joinPath = (outer: string, inner: string): string =>
  outer === noPath ? inner : inner === noPath ? outer : `${outer}/${inner}`;

/**
 * The outermost iteration of a path and what is left of it.
 * @returns null for the run itself, and for what is no path
 */
export function splitPath(path: string): { readonly head: IterationRef; readonly rest: string } | null {
  const end = path.indexOf('/');
  const found = segment.exec(end < 0 ? path : path.slice(0, end));
  if (found === null) return null;
  return { head: { stepId: found[1] ?? '', index: Number(found[2]) }, rest: end < 0 ? noPath : path.slice(end + 1) };
}

/** A step with its place, as one text: `lines[3]/charge`. */
export const addressOf = (path: string, stepId: string): string => joinPath(path, stepId);

/** A path as commands carry it: absent for the run itself. */
export const inside = (path: string): { readonly path?: string } => (path === noPath ? {} : { path });
