/**
 * Edits of one step's fields and of the flow's own. Typing coalesces per field, so undo takes back a thought and not a
 * letter. A value of `undefined` removes the field: the document stays as short as a person would write it. Refuses to
 * judge values: a draft may be wrong, `validate` says so.
 */
import type { FlowDocument, FlowSettings, FlowStep, RetryPolicyInput } from '@/core/flow/document';
import { labelOf } from '@/core/flow/document';
import { rootScope } from '@/core/flow/graph';
import { renameStep as renameInDocument } from '@/core/flow/rename-step';
import type { JsonObject, JsonValue } from '@/core/json';
import { type Command, edgeKey, type Selection, selectSteps } from '../command';

/** Replaces one step by what `edit` makes of it; the same document when nothing changed. */
export function editStep(document: FlowDocument, stepId: string, edit: (step: FlowStep) => FlowStep): FlowDocument {
  let isChanged = false;
  const steps = document.steps.map((step) => {
    if (step.id !== stepId) {
      return step;
    }
    const next = edit(step);
    isChanged ||= next !== step;
    return next;
  });
  return isChanged ? { ...document, steps } : document;
}

/** A copy with one member set, or without it when the value is undefined; the same object when nothing changes. */
export function withMember<T extends object, K extends keyof T>(object: T, key: K, value: T[K] | undefined): T {
  if (object[key] === value) {
    return object;
  }
  const { [key]: _dropped, ...rest } = object;
  return (value === undefined ? rest : { ...object, [key]: value }) as T;
}

const stepCommand = (name: string, stepId: string, edit: (step: FlowStep) => FlowStep, coalesce?: string): Command => ({
  name,
  coalesce,
  apply: (document) => ({ document: editStep(document, stepId, edit) }),
});

/** Sets one field of a step's config. */
export const setField = (stepId: string, field: string, value: JsonValue | undefined): Command =>
  stepCommand(
    `edit ${field}`,
    stepId,
    (step) => {
      const config: JsonObject = withMember(step.config ?? {}, field, value);
      return config === (step.config ?? config) && step.config !== undefined
        ? step
        : withMember(step, 'config', Object.keys(config).length === 0 ? undefined : config);
    },
    `${stepId} config ${field}`,
  );

/**
 * Names the flow that a step calls by its id. The step is called like the flow while it has no name of its own.
 * @param before name of the flow that was called until now
 */
export const setCalledFlow = (
  stepId: string,
  field: string,
  flow: { readonly id: string; readonly name: string },
  before: string | null,
): Command =>
  stepCommand('choose flow', stepId, (step) => {
    const chosen = { ...step, config: { ...step.config, [field]: flow.id } };
    return step.name === undefined || step.name === before ? { ...chosen, name: flow.name } : chosen;
  });

/** The name people read; blank removes it, the id then stands in. */
export const setName = (stepId: string, name: string): Command =>
  stepCommand('rename', stepId, (step) => withMember(step, 'name', name.trim() || undefined), `${stepId} name`);

export const setNote = (stepId: string, note: string): Command =>
  stepCommand('edit the note', stepId, (step) => withMember(step, 'note', note || undefined), `${stepId} note`);

/** Sets one member of the retry policy; an empty policy disappears and the defaults hold. */
export const setRetry = <K extends keyof RetryPolicyInput>(
  stepId: string,
  member: K,
  value: RetryPolicyInput[K] | undefined,
): Command =>
  stepCommand(
    'edit retry',
    stepId,
    (step) => {
      const retry = withMember(step.retry ?? {}, member, value);
      return withMember(step, 'retry', Object.keys(retry).length === 0 ? undefined : retry);
    },
    `${stepId} retry ${member}`,
  );

export const setTiming = (stepId: string, member: 'timeoutMs' | 'deadlineMs', valueMs: number | undefined): Command =>
  stepCommand('edit the time limit', stepId, (step) => withMember(step, member, valueMs), `${stepId} ${member}`);

export const setJoin = (stepId: string, join: 'any' | undefined): Command =>
  stepCommand('edit joining', stepId, (step) => withMember(step, 'join', join));

/** The step inside a container, or in none. */
export const withScope = (step: FlowStep, scope: string): FlowStep =>
  withMember(step, 'in', scope === rootScope ? undefined : scope);

/** Makes a step the point of no return, or an ordinary one. */
export const setPivot = (stepId: string, isPivot: boolean): Command =>
  stepCommand(isPivot ? 'set the point of no return' : 'remove the point of no return', stepId, (step) =>
    withMember(step, 'pivot', isPivot ? true : undefined),
  );

/** Switches steps on or off together: if any is on, all go off. */
export const toggleDisabled = (stepIds: readonly string[]): Command => ({
  name: 'enable or disable',
  apply: (document) => {
    const chosen = document.steps.filter((step) => stepIds.includes(step.id));
    const disabled = chosen.some((step) => !step.disabled) ? true : undefined;
    return {
      document: chosen.reduce(
        (next, { id }) => editStep(next, id, (step) => withMember(step, 'disabled', disabled)),
        document,
      ),
    };
  },
});

/** Changes a step's id and every reference to it: edges, layout, containers and expressions. */
export const renameStep = (fromId: string, toId: string): Command => ({
  name: `rename ${fromId} to ${toId}`,
  apply: (document, selection) =>
    fromId === toId || !document.steps.some((step) => step.id === fromId)
      ? { document }
      : { document: renameInDocument(document, fromId, toId), selection: renamedSelection(selection, fromId, toId) },
});

const renamedSelection = (selection: Selection, fromId: string, toId: string): Selection =>
  selection.steps.includes(fromId)
    ? selectSteps(...selection.steps.map((id) => (id === fromId ? toId : id)))
    : selection;

export interface SwitchCase {
  readonly port: string;
  readonly when: string;
}

const portsOfCases = (value: JsonValue | undefined): string[] =>
  Array.isArray(value)
    ? value.flatMap((item) =>
        typeof item === 'object' && item !== null && !Array.isArray(item) && typeof item.port === 'string'
          ? [item.port]
          : [],
      )
    : [];

/**
 * Sets the cases of a switch and takes their wires along: a case that keeps its place but changes its name keeps its
 * edges, a case that is gone loses them.
 */
export const setSwitchCases = (stepId: string, field: string, cases: readonly SwitchCase[]): Command => ({
  name: 'edit the cases',
  coalesce: `${stepId} config ${field}`,
  apply: (document) => {
    const step = document.steps.find((candidate) => candidate.id === stepId);
    if (step === undefined) {
      return { document };
    }
    const before = portsOfCases(step.config?.[field]);
    const after = cases.map((item) => item.port);
    const value = cases.map(({ port, when }) => ({ port, when }));
    const next = editStep(document, stepId, (item) => ({ ...item, config: { ...item.config, [field]: value } }));
    const renamed = renamedPort(before, after);
    const gone = new Set(before.length > after.length ? before.filter((port) => !after.includes(port)) : []);
    const edges = next.edges.flatMap((edge) => {
      if (edge.from !== stepId || edge.port === undefined) {
        return [edge];
      }
      return gone.has(edge.port)
        ? []
        : [withMember(edge, 'port', edge.port === renamed?.from ? renamed.to : edge.port)];
    });
    const isSame = edges.length === next.edges.length && edges.every((edge, at) => edge === next.edges[at]);
    return { document: isSame ? next : { ...next, edges: uniqueEdges(edges) } };
  },
});

/** The one port that changed its name in its place; undefined when cases were added, removed or reordered. */
function renamedPort(before: readonly string[], after: readonly string[]): { from: string; to: string } | undefined {
  const places = before.length === after.length ? before.flatMap((port, at) => (port === after[at] ? [] : [at])) : [];
  const [place] = places;
  return places.length === 1 && place !== undefined
    ? { from: before[place] as string, to: after[place] as string }
    : undefined;
}

const uniqueEdges = (edges: FlowDocument['edges']): FlowDocument['edges'] => [
  ...new Map(edges.map((edge) => [edgeKey(edge), edge])).values(),
];

export const setFlowName = (name: string): Command => ({
  name: 'rename the flow',
  coalesce: 'flow name',
  apply: (document) => ({ document: name.trim() === '' ? document : withMember(document, 'name', name.trim()) }),
});

export const setSetting = <K extends keyof FlowSettings>(member: K, value: FlowSettings[K] | undefined): Command => ({
  name: 'edit the settings',
  coalesce: `settings ${member}`,
  apply: (document) => {
    const settings = withMember(document.settings ?? {}, member, value);
    return { document: withMember(document, 'settings', Object.keys(settings).length === 0 ? undefined : settings) };
  },
});

/** Takes another document's content as the draft: an import, a recovered draft, the other editor's version. */
export const replaceDocument = (name: string, replacement: FlowDocument): Command => ({
  name,
  apply: () => ({ document: replacement, selection: { steps: [], edges: [] } }),
});

/** "Charge card" or "3 steps", for names of commands and messages. */
export function describeSteps(document: FlowDocument, ids: readonly string[]): string {
  const only = ids.length === 1 ? document.steps.find((step) => step.id === ids[0]) : undefined;
  return only ? labelOf(only) : `${ids.length} ${ids.length === 1 ? 'step' : 'steps'}`;
}
